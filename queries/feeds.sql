-- One row a feed: how its newest poll went, what is known of it, and what it has brought.
CREATE VIEW feeds AS
WITH newest AS (
    SELECT * FROM feed_runs QUALIFY row_number() OVER (PARTITION BY feed_url ORDER BY run_id DESC, started_at DESC) = 1
),
totals AS (
    SELECT
        feed_url,
        count(*) AS polls,
        min(started_at) AS first_polled_at,
        max(started_at) FILTER (outcome IN ('ok', 'not_modified')) AS last_success_at,
        max(started_at) FILTER (entries_new > 0) AS last_new_at,
        sum(entries_new)::BIGINT AS entries_new,
        sum(entries_changed)::BIGINT AS entries_changed,
        count(*) FILTER (outcome = 'not_modified') AS not_modified,
        sum(bytes)::BIGINT AS bytes
    FROM feed_runs
    GROUP BY feed_url
)
SELECT
    newest.feed_url,
    feed_title,
    outcome,
    reason,
    http_status,
    started_at AS last_polled_at,
    last_success_at,
    consecutive_failures,
    next_poll_at,
    retry_after_at,
    poll_interval_s,
    etag,
    last_modified,
    body_sha256,
    moved_to,
    guid_trusted,
    polls,
    not_modified,
    totals.entries_new,
    totals.entries_changed,
    -- per day since the first poll, which counts as a day itself
    totals.entries_new / (1 + epoch(started_at - first_polled_at) / 86400) AS new_per_day,
    last_new_at,
    newest_entry_at,
    totals.bytes
FROM newest JOIN totals USING (feed_url);
