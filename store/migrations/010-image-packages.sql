-- Packages of the user's in the nodes' image: JSON with their content key and name to version; NULL where
-- the image holds Debian's only, and in older runs.
ALTER TABLE runs ADD COLUMN image_packages VARCHAR;
