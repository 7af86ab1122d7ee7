-- The value of a key among key=value pairs with blanks around them.
CREATE OR REPLACE TEMP MACRO pair(v, key) AS
  nullif(split_part(split_part(v, ' ' || key || '=', 2), ' ', 1), '');

-- The same where the value may be in quotation marks; `bare` is the text with nothing between them.
CREATE OR REPLACE TEMP MACRO quoted_pair(v, bare, key) AS
  CASE WHEN pair(bare, key) = '""'
    THEN regexp_extract(v, '^(?:[^"]|"[^"]*")*?(?:^| )' || key || '="([^"]*)"', 1)
    ELSE pair(bare, key) END;

-- Sum over chunks such as 2:ncpus=16:ngpus=4+1:ncpus=4 of their number times the value of a key.
CREATE OR REPLACE TEMP MACRO chunk_sum(v, keys, otherwise) AS
  list_sum(list_transform(string_split(v, '+'), lambda c:
    coalesce(try_cast(regexp_extract(c, '^([0-9]+)(?::|$)', 1) AS BIGINT), 1)
      * coalesce(try_cast(regexp_extract(c, '(?:^|:)(?:' || keys || ')=([0-9]+)', 1) AS BIGINT), otherwise)));

-- Cores of n01/0*16+n02/0-3,5: 16 and 5.
CREATE OR REPLACE TEMP MACRO exec_host_cores(v) AS
  list_sum(list_transform(string_split(v, '+'), lambda h:
    coalesce(
      try_cast(split_part(h, '*', 2) AS BIGINT),
      list_sum(list_transform(string_split(split_part(h, '/', 2), ','), lambda s:
        coalesce(try_cast(split_part(s, '-', 2) AS BIGINT) - try_cast(split_part(s, '-', 1) AS BIGINT), 0) + 1)))));

CREATE OR REPLACE TEMP MACRO exec_host_names(v) AS
  array_to_string(list_sort(list_distinct(list_transform(string_split(v, '+'), lambda h: split_part(h, '/', 1)))), ',');

CREATE OR REPLACE TEMP MACRO exec_host_nodes(v) AS
  len(list_distinct(list_transform(string_split(v, '+'), lambda h: split_part(h, '/', 1))))::VARCHAR;

-- The text of a field of LSF's, NULL where it is empty.
CREATE OR REPLACE TEMP MACRO lsf_text(v) AS
  nullif(replace(regexp_replace(v, '^"|"$', '', 'g'), '""', '"'), '');

-- How many ids a set such as 0-3,7 or [0-3,7] has.
CREATE OR REPLACE TEMP MACRO id_set_size(v) AS
  list_sum(list_transform(string_split(trim(v, '[]'), ','), lambda s:
    coalesce(try_cast(split_part(s, '-', 2) AS BIGINT) - try_cast(split_part(s, '-', 1) AS BIGINT), 0) + 1));

-- Nodes of rank[0-1]/core[0-15] rank3/core0.
CREATE OR REPLACE TEMP MACRO id_set_count(v) AS
  list_sum(list_transform(string_split(v, ' '), lambda p: id_set_size(regexp_extract(p, '^rank(\[[^\]]*\]|[0-9]+)', 1))));

-- Cores of such a text.
CREATE OR REPLACE TEMP MACRO id_set_product(v) AS
  list_sum(list_transform(string_split(v, ' '), lambda p:
    id_set_size(regexp_extract(p, '^rank(\[[^\]]*\]|[0-9]+)', 1))
      * id_set_size(regexp_extract(p, '/core(\[[^\]]*\]|[0-9]+)', 1))));
