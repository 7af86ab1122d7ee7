-- What a session can set, and rules that several views share.

-- Lower bound of the run time in the bounded slowdown, in seconds: 10, or what
-- SET VARIABLE tau = … says for this session.
CREATE MACRO tau() AS coalesce(getvariable('tau'), 10)::DOUBLE;

-- Whose figures a row of a set of groupings has, by what grouping() says of each column: 0 where it is grouped by.
CREATE MACRO subject_scope(user_name, queue, account, qos) AS
  CASE
    WHEN user_name = 0 THEN 'user'
    WHEN queue = 0 THEN 'queue'
    WHEN account = 0 THEN 'account'
    WHEN qos = 0 THEN 'qos'
    ELSE 'run'
  END;

-- A time limit as the scheduler sees it after rounding.
CREATE MACRO rounded_limit(limit_s, resolution_s) AS
  CASE WHEN resolution_s > 0 THEN ceil(limit_s / resolution_s) * resolution_s ELSE limit_s END;

-- The bounded slowdown's formula with this session's tau, for definitions.
CREATE MACRO bounded_slowdown_text() AS
  'max(1, turnaround / max(run, '
    || CASE WHEN tau() = floor(tau()) THEN tau()::BIGINT::VARCHAR ELSE tau()::VARCHAR END
    || ' s))';

-- Why a run has no figures of its jobs; NULL where it has. From the run's row of job_figures.
CREATE MACRO uncounted_text(jobs, n, without_submit, without_start, without_end, without_cores) AS
  CASE
    WHEN coalesce(n, 0) > 0 THEN NULL
    WHEN coalesce(jobs, 0) = 0 THEN 'the run has no jobs'
    ELSE format(
      'no job counts: of {} jobs {} have no known submit, {} no start, {} no end, {} no cores',
      jobs, without_submit, without_start, without_end, without_cores)
  END;

-- A job with more cores than the first is wide, and one that runs for more seconds than the second is
-- long. NULL, the default, takes the medians of each run; SET VARIABLE wide_above = … sets a limit.
CREATE MACRO wide_above() AS getvariable('wide_above');
CREATE MACRO long_above() AS getvariable('long_above');

-- Why a run has no figures of nodes that come and go.
CREATE MACRO fixed_supply_text() AS 'the supply of this run could not change';

-- Why a run on emulated nodes has no figures of the CPU time that its jobs used.
CREATE MACRO emulated_text() AS 'the nodes are emulated: jobs hold cores without using them';

-- Whether a run's specification has a pool whose nodes come and go.
CREATE MACRO has_elastic_pool(spec) AS coalesce(
  spec LIKE '%"elastic"%' AND (
    (spec -> '$.topology.nodes.elastic') IS NOT NULL OR len(spec -> '$.topology.pools.*.elastic') > 0
  ), false);

-- Whether its nodes are emulated: all pools are, or none.
CREATE MACRO is_emulated(spec) AS coalesce((spec -> '$.topology.nodes.emulated') IS NOT NULL, false);
