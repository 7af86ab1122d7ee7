-- Who made the nodes' image: debian, nix, or path for one that the user gave. Older versions knew Debian's
-- maker only; a run without an image, such as an imported one, has none.
ALTER TABLE runs ADD COLUMN image_maker VARCHAR;
UPDATE runs SET image_maker = 'debian' WHERE image_key IS NOT NULL;
