-- Whether a job of sacct was never given nodes.
CREATE OR REPLACE TEMP MACRO never_ran(nodes, state, began, ended) AS
  CASE WHEN nodes <> '' THEN nodes = 'None assigned'
    ELSE coalesce(starts_with(state, 'CANCELLED') AND began = ended, false) END;

-- How many nodes a job of Slurm's asked for. Slurm says 1 of a job that asked for one and of one that left it to the
-- scheduler, which asked for none where it was given several. Of a job whose request is unknown, as many as were given.
-- As texts, too, all numbers above 1 come after it.
CREATE OR REPLACE TEMP MACRO slurm_nodes(asked, given) AS
  CASE WHEN given > '1' AND asked = '1' THEN NULL ELSE coalesce(asked, nullif(given, '')) END;

-- The type of GPU that a job of Slurm's asked for: not the one that it was given where it asked for any.
CREATE OR REPLACE TEMP MACRO slurm_gpu_type(asked, given) AS
  CASE WHEN contains(asked, 'gres/gpu') THEN tres_gpu_type(asked) ELSE tres_gpu_type(given) END;

-- GPUs and their type in a list such as gpu:2080ti:4(S:0-1),craynetwork:1. A type may begin with a digit, so that a
-- number is one only at the end.
CREATE OR REPLACE TEMP MACRO gres_gpus(v) AS
  nullif(regexp_extract(v, '(?:^|[,:])gpu(?::[^:,()]*)?:([0-9]+)(?:[(,]|$)', 1), '');
CREATE OR REPLACE TEMP MACRO gres_gpu_type(v) AS
  coalesce(
    nullif(regexp_extract(v, '(?:^|[,:])gpu:([^:,()]+):[0-9]+(?:[(,]|$)', 1), ''),
    nullif(regexp_extract(v, '(?:^|[,:])gpu:([^:,()]*[^:,()0-9][^:,()]*)', 1), ''));

-- How many nodes a job of sacct was given; of one that waits, how many it is to be given.
CREATE OR REPLACE TEMP MACRO sacct_nodes(number, allocated, nodes) AS
  coalesce(
    nullif(number, ''),
    tres(allocated, 'node'),
    CASE WHEN nodes NOT IN ('', 'None assigned') THEN len(log_nodes(nodes))::VARCHAR END);

-- The value of a key among key=value pairs with blanks around them.
CREATE OR REPLACE TEMP MACRO pair(v, key) AS
  nullif(split_part(split_part(v, ' ' || key || '=', 2), ' ', 1), '');

-- The same where the value may be in quotation marks; `bare` is the text with nothing between them.
CREATE OR REPLACE TEMP MACRO quoted_pair(v, bare, key) AS
  CASE WHEN pair(bare, key) = '""'
    THEN regexp_extract(v, '^(?:[^"]|"[^"]*")*?(?:^| )' || key || '="([^"]*)"', 1)
    ELSE pair(bare, key) END;

-- The next whole number from a number up, as a text; what is no such number stays as it is, to be told.
CREATE OR REPLACE TEMP MACRO whole_up(number, v) AS coalesce(try_cast(ceil(number) AS BIGINT)::VARCHAR, v);

-- Sum over chunks such as 2:ncpus=16:ngpus=4+1:ncpus=4 of their number times the value of a key, as a text.
CREATE OR REPLACE TEMP MACRO chunk_sum(v, keys, otherwise) AS
  whole_up(list_sum(list_transform(string_split(v, '+'), lambda c:
    coalesce(try_cast(regexp_extract(c, '^([0-9]+)(?::|$)', 1) AS DOUBLE), 1)
      * coalesce(try_cast(regexp_extract(c, '(?:^|:)(?:' || keys || ')=([0-9]+)', 1) AS DOUBLE), otherwise))), v);

-- How many ids a set such as 0-3,7 or [0-3,7] has.
CREATE OR REPLACE TEMP MACRO id_set_size(v) AS
  list_sum(list_transform(string_split(trim(v, '[]'), ','), lambda s:
    coalesce(try_cast(split_part(s, '-', 2) AS DOUBLE) - try_cast(split_part(s, '-', 1) AS DOUBLE), 0) + 1));

-- Cores of n01/0*16+n02/0-3,5: 16 and 5, as a text.
CREATE OR REPLACE TEMP MACRO exec_host_cores(v) AS
  whole_up(list_sum(list_transform(string_split(v, '+'), lambda h:
    coalesce(try_cast(split_part(h, '*', 2) AS DOUBLE), id_set_size(split_part(h, '/', 2))))), v);

CREATE OR REPLACE TEMP MACRO exec_host_names(v) AS
  array_to_string(list_sort(list_distinct(list_transform(string_split(v, '+'), lambda h: split_part(h, '/', 1)))), ',');

CREATE OR REPLACE TEMP MACRO exec_host_nodes(v) AS
  len(list_distinct(list_transform(string_split(v, '+'), lambda h: split_part(h, '/', 1))))::VARCHAR;

-- How many hosts a job of PBS asked for: `nodect` chunks are as many hosts unless they shared some.
CREATE OR REPLACE TEMP MACRO pbs_nodes(nodect, arrangement, given) AS
  CASE WHEN starts_with(arrangement, 'pack') THEN '1'
    WHEN coalesce(nodect <> given, false) THEN NULL
    ELSE coalesce(nodect, given) END;

-- The text of a field of LSF's, NULL where it is empty.
CREATE OR REPLACE TEMP MACRO lsf_text(v) AS
  nullif(replace(regexp_replace(v, '^"|"$', '', 'g'), '""', '"'), '');

-- How many hosts a job of LSF asked for by its requirement: one with span[hosts=1], and with span[ptile=16] as many as
-- its slots fill at 16 on each.
CREATE OR REPLACE TEMP MACRO lsf_nodes(requirement, slots) AS
  CASE WHEN regexp_matches(requirement, '\bspan\[[^\]]*\bhosts=1\b') THEN '1'
    ELSE whole_up(try_cast(slots AS DOUBLE) / nullif(
      try_cast(nullif(regexp_extract(requirement, '\bspan\[[^\]]*\bptile=([0-9]+)', 1), '') AS DOUBLE), 0), NULL)
    END;

-- Nodes of rank[0-1]/core[0-15] rank3/core0, as a text.
CREATE OR REPLACE TEMP MACRO rank_nodes(v) AS
  whole_up(list_sum(list_transform(string_split(v, ' '), lambda p: id_set_size(regexp_extract(p, '^rank(\[[^\]]*\]|[0-9]+)', 1)))), v);

-- Cores of such a text, as a text.
CREATE OR REPLACE TEMP MACRO rank_cores(v) AS
  whole_up(list_sum(list_transform(string_split(v, ' '), lambda p:
    id_set_size(regexp_extract(p, '^rank(\[[^\]]*\]|[0-9]+)', 1))
      * id_set_size(regexp_extract(p, '/core(\[[^\]]*\]|[0-9]+)', 1)))), v);
