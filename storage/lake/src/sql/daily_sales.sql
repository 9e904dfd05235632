-- Sales and returns of every day on the wall clock of the place where they happened. Amounts of two currencies are
-- never added, so a day has one row per currency. An order counts when it moved goods; postage alone is none.
SELECT
    CAST(to_timestamp_micros(CAST("time" AS BIGINT) + CAST(utc_offset_minutes AS BIGINT) * 60000000) AS DATE) AS local_day,
    currency,
    count(*) FILTER (WHERE order_kind = 'completed' AND order_units <> 0) AS orders,
    count(DISTINCT subject_id) FILTER (WHERE order_kind = 'completed' AND order_units <> 0) AS customers,
    sum(order_units) FILTER (WHERE order_kind = 'completed') AS units,
    sum(order_value) FILTER (WHERE order_kind = 'completed') AS revenue,
    -sum(order_value) FILTER (WHERE order_kind = 'refunded') AS refunded
FROM events
WHERE order_id IS NOT NULL
GROUP BY local_day, currency
ORDER BY local_day, currency
