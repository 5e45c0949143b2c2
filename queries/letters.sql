-- One row a reason: what was rejected and why, with one example.
CREATE VIEW letters AS
SELECT
    stage,
    reason,
    count(*) AS failures,
    count(*) FILTER (NOT final) AS to_be_tried_again,
    arg_min(url, (occurred_at, dead_letter_id)) AS example,
    arg_min(detail, (occurred_at, dead_letter_id)) AS detail
FROM dead_letters
GROUP BY stage, reason;
