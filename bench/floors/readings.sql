SELECT videos.*, first.*, newest.*, day.*, week.*
FROM campaign_links
JOIN videos ON videos.wallet_id = 1 AND videos.key = campaign_links.key
LEFT JOIN snapshots AS first ON first.wallet_id = videos.wallet_id AND first.video_id = videos.video_id
  AND first.taken_at = (SELECT min(s.taken_at) FROM snapshots AS s WHERE s.wallet_id = videos.wallet_id
                        AND s.video_id = videos.video_id)
LEFT JOIN snapshots AS newest ON newest.wallet_id = videos.wallet_id AND newest.video_id = videos.video_id
  AND newest.taken_at = (SELECT max(s.taken_at) FROM snapshots AS s WHERE s.wallet_id = videos.wallet_id
                         AND s.video_id = videos.video_id AND s.taken_at <= :now)
LEFT JOIN snapshots AS day ON day.wallet_id = videos.wallet_id AND day.video_id = videos.video_id
  AND day.taken_at = (SELECT max(s.taken_at) FROM snapshots AS s WHERE s.wallet_id = videos.wallet_id
                      AND s.video_id = videos.video_id AND s.taken_at <= :day)
LEFT JOIN snapshots AS week ON week.wallet_id = videos.wallet_id AND week.video_id = videos.video_id
  AND week.taken_at = (SELECT max(s.taken_at) FROM snapshots AS s WHERE s.wallet_id = videos.wallet_id
                       AND s.video_id = videos.video_id AND s.taken_at <= :week)
