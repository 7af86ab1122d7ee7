-- What jobs run with on the compute nodes: distribution and packages, as JSON; NULL in older runs.
ALTER TABLE runs ADD COLUMN node_software VARCHAR;
