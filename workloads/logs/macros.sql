-- What mappings and the reader's own statements call. Each takes text and gives NULL for what it cannot read.

-- Seconds since 1970 of a date and time, in the session's zone where it has none of its own, or of a number.
CREATE OR REPLACE TEMP MACRO log_time(v, unit) AS
  coalesce(epoch(try_cast(v AS TIMESTAMPTZ)), try_cast(v AS DOUBLE) * unit);

-- The same in UTC, without the calendar of zones for 2024-01-31T12:00:00, which no offset follows.
CREATE OR REPLACE TEMP MACRO log_time_utc(v, unit) AS
  CASE WHEN strlen(v) = 19 AND v[17] = ':' THEN epoch(try_cast(v AS TIMESTAMP)) ELSE log_time(v, unit) END;

-- Seconds of a number of units, or of [days-][hours:]minutes:seconds.
CREATE OR REPLACE TEMP MACRO log_seconds(v, unit) AS
  coalesce(
    CASE WHEN strlen(v) = 8 AND v[3] = ':' THEN epoch(try_cast(v AS TIME)) END,
    CASE WHEN contains(v, ':') THEN
      epoch(try_cast(
        replace(CASE WHEN v LIKE '%:%:%' THEN v ELSE regexp_replace(v, '(^|-)', '\100:') END, '-', ' days ')
        AS INTERVAL))
    END,
    try_cast(v AS DOUBLE) * unit
  );

CREATE OR REPLACE TEMP MACRO log_suffix(letter) AS
  CASE letter
    WHEN 'G' THEN 1024 WHEN 'M' THEN 1 WHEN 'K' THEN 1 / 1024 WHEN 'T' THEN 1048576
    WHEN 'P' THEN 1073741824 WHEN 'B' THEN 1 / 1048576
    WHEN 'g' THEN 1024 WHEN 'm' THEN 1 WHEN 'k' THEN 1 / 1024 WHEN 't' THEN 1048576
    WHEN 'p' THEN 1073741824 WHEN 'b' THEN 1 / 1048576
  END;

-- MiB of a number of units, or of one with a suffix: 4G, 512mb, 1.5GiB.
CREATE OR REPLACE TEMP MACRO log_mib(v, unit) AS
  coalesce(
    CASE WHEN v[-1] > '9' THEN try_cast(v[:-2] AS DOUBLE) * log_suffix(v[-1])
      ELSE try_cast(v AS DOUBLE) * unit END,
    try_cast(regexp_extract(v, '^([0-9.]+)[KMGTPkmgtp]i?[bB]$', 1) AS DOUBLE)
      * log_suffix(regexp_extract(v, '^[0-9.]+([KMGTPkmgtp])i?[bB]$', 1))
  );

-- A whole number that a DuckDB INTEGER holds; 16.0 is one.
CREATE OR REPLACE TEMP MACRO log_count(v) AS
  coalesce(
    CASE WHEN NOT contains(v, '.') THEN try_cast(v AS INTEGER) END,
    CASE WHEN try_cast(v AS DOUBLE) BETWEEN 0 AND 2147483647 AND try_cast(v AS DOUBLE) % 1 = 0
      THEN try_cast(v AS DOUBLE)::INTEGER END
  );

-- The value of a key in a list such as cpu=4,mem=8G,node=1.
CREATE OR REPLACE TEMP MACRO tres(v, key) AS
  CASE
    WHEN contains(v, ',' || key || '=') THEN split_part(split_part(v, ',' || key || '=', 2), ',', 1)
    WHEN starts_with(v, key || '=') THEN split_part(v[strlen(key) + 2:], ',', 1)
  END;

-- GPUs in such a list: those of all types together, or the sum of the types.
CREATE OR REPLACE TEMP MACRO tres_gpus(v) AS
  CASE WHEN contains(v, 'gres/gpu') THEN
    coalesce(
      tres(v, 'gres/gpu'),
      list_sum(list_transform(
        regexp_extract_all(v, 'gres/gpu:[^=,]+=([0-9]+)', 1), lambda n: try_cast(n AS BIGINT)))::VARCHAR
    )
  END;

CREATE OR REPLACE TEMP MACRO tres_gpu_type(v) AS
  CASE WHEN contains(v, 'gres/gpu:')
    THEN split_part(split_part(v, 'gres/gpu:', 2), '=', 1) END;

-- The numbers of 5-9,12,20-40:2, or NULL where it is no such list or has very many.
CREATE OR REPLACE TEMP MACRO log_tasks(v) AS
  CASE WHEN regexp_full_match(v, '[0-9]{1,9}(-[0-9]{1,9}(:[1-9][0-9]{0,8})?)?(,[0-9]{1,9}(-[0-9]{1,9}(:[1-9][0-9]{0,8})?)?)*')
    AND list_sum(list_transform(string_split(v, ','), lambda part:
      1 + greatest(0, try_cast(split_part(split_part(part, ':', 1), '-', -1) AS BIGINT)
        - try_cast(split_part(part, '-', 1) AS BIGINT)))) <= 1000000
  THEN flatten(list_transform(string_split(v, ','), lambda part: range(
    try_cast(split_part(part, '-', 1) AS BIGINT),
    try_cast(split_part(split_part(part, ':', 1), '-', -1) AS BIGINT) + 1,
    coalesce(try_cast(nullif(split_part(part, ':', 2), '') AS BIGINT), 1))))
  END;

-- Digits from a to b, as wide as a is written.
CREATE OR REPLACE TEMP MACRO log_numbers(a, b) AS
  CASE WHEN try_cast(b AS BIGINT) - try_cast(a AS BIGINT) BETWEEN 0 AND 99999 THEN
    list_transform(range(try_cast(a AS BIGINT), try_cast(b AS BIGINT) + 1),
      lambda n: lpad(n::VARCHAR, greatest(strlen(a), strlen(n::VARCHAR))::INTEGER, '0')) END;

-- The nodes of gpu1,node[01-04,07]; NULL where a name has several brackets.
CREATE OR REPLACE TEMP MACRO log_nodes(v) AS
  CASE
    WHEN NOT contains(v, '[') THEN string_split(v, ',')
    WHEN regexp_full_match(v, '[^,\[\]]*(\[[-0-9,]+\])?[^,\[\]]*(,[^,\[\]]*(\[[-0-9,]+\])?[^,\[\]]*)*') THEN
      flatten(list_transform(regexp_extract_all(v, '[^,\[\]]*(?:\[[^\]]*\])?[^,\[\]]*'), lambda part:
        CASE
          WHEN part = '' THEN []
          WHEN NOT contains(part, '[') THEN [part]
          ELSE list_transform(
            flatten(list_transform(
              string_split(split_part(split_part(part, '[', 2), ']', 1), ','), lambda numbers:
              log_numbers(split_part(numbers, '-', 1), split_part(numbers, '-', -1)))),
            lambda number: split_part(part, '[', 1) || number || split_part(part, ']', 2))
        END))
  END;

-- A JSON list of {type, name, count} as cpu=4,mem=8192,gres/gpu:a100=2.
CREATE OR REPLACE TEMP MACRO log_tres_list(v) AS
  array_to_string(
    list_transform(
      TRY(from_json(v, '[{"type": "VARCHAR", "name": "VARCHAR", "count": "VARCHAR"}]')),
      lambda each: each."type" || CASE WHEN each."name" <> '' THEN '/' || each."name" ELSE '' END
        || '=' || each."count"),
    ',');
