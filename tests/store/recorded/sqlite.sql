BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0014');
CREATE TABLE alert_settings (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	workspace_id INTEGER NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	is_on BOOLEAN NOT NULL, 
	off_reason TEXT NOT NULL, 
	threshold BIGINT NOT NULL, 
	kinds JSON NOT NULL, 
	muted_until DATETIME, 
	quiet_zone VARCHAR, 
	quiet_from INTEGER, 
	quiet_until INTEGER, 
	set_by_id VARCHAR NOT NULL, 
	set_by_name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT fk_alert_settings_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id), 
	CONSTRAINT uq_alert_settings_workspace_id_channel_id UNIQUE (workspace_id, channel_id)
);
INSERT INTO "alert_settings" VALUES(1,1,'C1',1,'',2500000,'["balance", "spike"]',NULL,'Europe/Berlin',1320,420,'U1','Ada','2026-03-10 12:00:00.000000');
INSERT INTO "alert_settings" VALUES(2,2,'D1',1,'',2000000,'["balance", "completed"]',NULL,NULL,NULL,NULL,'U2','Ben','2026-03-10 12:00:00.000000');
CREATE TABLE alert_states (
	setting_id INTEGER NOT NULL, 
	subject VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	episode INTEGER NOT NULL, 
	message_key VARCHAR, 
	snoozed_until DATETIME, 
	detail JSON NOT NULL, 
	changed_at DATETIME NOT NULL, 
	due_at DATETIME, 
	CONSTRAINT pk_alert_states PRIMARY KEY (setting_id, subject), 
	CONSTRAINT fk_alert_states_setting_id FOREIGN KEY(setting_id) REFERENCES alert_settings (id) ON DELETE CASCADE
);
INSERT INTO "alert_states" VALUES(1,'balance','SOON',2,'balance.low:1:2',NULL,'{"shown": "1.00", "said": "OPEN", "edits": 1}','2026-03-11 12:00:00.000000','2026-03-11 12:00:00.000000');
INSERT INTO "alert_states" VALUES(1,'spike:v1','OPEN',1,'spike:v1:1','2026-03-12 12:00:00.000000','{"metric": "views", "said": "OPEN", "edits": 0}','2026-03-11 12:00:00.000000','2026-03-12 12:00:00.000000');
INSERT INTO "alert_states" VALUES(1,'held:done:v2','OPEN',1,NULL,NULL,'{"kind": "completed", "said": "CLEAR", "edits": 0}','2026-03-11 12:00:00.000000',NULL);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	workspace_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	person_id VARCHAR NOT NULL, 
	person_name TEXT NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	link TEXT NOT NULL, 
	video_id VARCHAR, 
	cost BIGINT, 
	outcome TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id), 
	CONSTRAINT fk_audit_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
);
INSERT INTO "audit" VALUES(1,1,'2026-03-10 12:00:00.000000','U1','Ada','C1','track','https://example.com/tiktok:b','v3',2520000,'tracking');
INSERT INTO "audit" VALUES(2,1,'2026-03-10 12:00:00.000000','U1','Ada','C1','track','https://example.com/tiktok:c',NULL,NULL,'The link is private.');
INSERT INTO "audit" VALUES(3,1,'2026-03-10 12:00:00.000000','U1','Ada','C1','track','https://example.com/tiktok:d',NULL,NULL,'no answer');
INSERT INTO "audit" VALUES(4,1,'2026-03-10 12:00:00.000000','U2','Ben','C2','stop','https://youtu.be/abcdefghijk','v2',NULL,'stopped');
CREATE TABLE blobs (
	hash VARCHAR NOT NULL, 
	content BLOB NOT NULL, 
	used_at DATETIME NOT NULL, 
	CONSTRAINT pk_blobs PRIMARY KEY (hash)
);
INSERT INTO "blobs" VALUES('04004b1ba1af0a5f067ca09828a5ef664c69519aba25fc3fc196009f48f3ec83',X'89504E47207265636F72646564','2026-03-10 12:00:00.000000');
CREATE TABLE canary (
	id INTEGER NOT NULL, 
	locked TEXT NOT NULL, 
	CONSTRAINT pk_canary PRIMARY KEY (id)
);
INSERT INTO "canary" VALUES(1,'gAAAAABrC0opHciZgtf0W0kjQsHb7sv-C1d2-5BSv339NB-QzZyGq6p42yusHutLgcVjCwoi5oKWajfTLxyOOU3fpi9GGNKhHiIvAnsbrgVppXODeleHyQvc0m1bBf50RhWcjMnlH9jZ6ub_dRxJXt1vsc8bQ9AZPQ==');
CREATE TABLE credentials (
	workspace_id INTEGER NOT NULL, 
	locked_key TEXT NOT NULL, 
	linked_by_id VARCHAR NOT NULL, 
	linked_by_name TEXT NOT NULL, 
	linked_at DATETIME NOT NULL, 
	CONSTRAINT pk_credentials PRIMARY KEY (workspace_id), 
	CONSTRAINT fk_credentials_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
);
INSERT INTO "credentials" VALUES(2,'gAAAAABrC0oq6wnm5u5e7wK0MgqUZvx-sxi-dtNw02adXNPI1QuR0tY7m62PQdIjJuVeXVQk8DH7aiFBK8d-AW_jJNHTotFzSTc1rKhZ78ZJUusZtrMC0jvnFqW_XYY6O0DQyIc8771qbZfWh8o6BEg-e5sGhi57PIr57fJIIvMpiqcAN1jzleg8OPq5s_z3KZZyGMgncCUB','U2','Ben','2026-03-10 12:00:00.000000');
CREATE TABLE digests (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	workspace_id INTEGER NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	is_on BOOLEAN NOT NULL, 
	off_reason TEXT NOT NULL, 
	zone VARCHAR NOT NULL, 
	minute INTEGER NOT NULL, 
	weekday INTEGER, 
	options JSON NOT NULL, 
	next_date DATE NOT NULL, 
	next_due_at DATETIME NOT NULL, 
	last_date DATE, 
	last_window_end DATETIME, 
	last_outcome TEXT NOT NULL, 
	lease_until DATETIME, 
	lease_token VARCHAR, 
	set_by_id VARCHAR NOT NULL, 
	set_by_name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, last_recent INTEGER, 
	CONSTRAINT fk_digests_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id), 
	CONSTRAINT uq_digests_workspace_id_channel_id UNIQUE (workspace_id, channel_id)
);
INSERT INTO "digests" VALUES(1,1,'C1',1,'','Europe/Berlin',540,NULL,'{"sections": ["money", "movers"], "platforms": ["tiktok"], "skips_empty": true}','2026-03-12','2026-03-12 08:00:00.000000','2026-03-11','2026-03-11 12:00:00.000000','',NULL,NULL,'U1','Ada','2026-03-10 12:00:00.000000',3);
INSERT INTO "digests" VALUES(2,2,'D1',1,'','America/New_York',30,0,'{"sections": ["ending", "flat", "money", "movers", "videos"], "platforms": [], "skips_empty": false}','2026-03-16','2026-03-16 04:30:00.000000',NULL,NULL,'',NULL,NULL,'U2','Ben','2026-03-10 12:00:00.000000',NULL);
CREATE TABLE events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind VARCHAR NOT NULL, 
	wallet_id INTEGER NOT NULL, 
	video_id VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT fk_events_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallets (id)
);
INSERT INTO "events" VALUES(2,'tracking.failed',1,'v1','2026-03-10 12:00:00.000000','{}');
CREATE TABLE forgotten_spend (
	chat VARCHAR NOT NULL, 
	external_id VARCHAR NOT NULL, 
	month DATE NOT NULL, 
	cost BIGINT NOT NULL, 
	CONSTRAINT pk_forgotten_spend PRIMARY KEY (chat, external_id, month)
);
INSERT INTO "forgotten_spend" VALUES('slack','b2e9ae50956996e4ee76a5473ba402df3933d4c2547491158f123775c6f2b362','2026-03-01',1500000);
CREATE TABLE handled_events (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	wallet_id INTEGER NOT NULL, 
	video_id VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	handled_at DATETIME NOT NULL, 
	outcome JSON NOT NULL, 
	CONSTRAINT pk_handled_events PRIMARY KEY (id), 
	CONSTRAINT fk_handled_events_wallet_id_wallets FOREIGN KEY(wallet_id) REFERENCES wallets (id)
);
INSERT INTO "handled_events" VALUES(1,'tracking.completed',1,'v2','2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000','{"1": "held"}');
CREATE TABLE inbox (
	chat VARCHAR NOT NULL, 
	event_id VARCHAR NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_inbox PRIMARY KEY (chat, event_id)
);
INSERT INTO "inbox" VALUES('slack','Ev1','2026-03-10 12:00:00.000000');
CREATE TABLE installations (
	chat VARCHAR NOT NULL, 
	scope VARCHAR NOT NULL, 
	locked TEXT NOT NULL, 
	installed_at DATETIME NOT NULL, 
	CONSTRAINT pk_installations PRIMARY KEY (chat, scope)
);
INSERT INTO "installations" VALUES('slack','T1','gAAAAABrC0oqGkPwla24HIqYVq8lnCEoDnoEJ_4EqHXjLRHvp4mxqZwK6HPbziPunuxAc-7-lbz4w0WkRuXelYPXvhyOQiupEwq1-pouj8sw_Twpr5SbdIz6HShdx7Gu4c63dx10hNatp0812IpPcDlG_PU5UvX6QkStr7IW0px9Ch3vJFFTL4kVxsGCwhUb54n0o5u4fzG-hOq2y52R_0RBmW0N1xbW7w==','2026-03-10 12:00:00.000000');
CREATE TABLE leases (
	name VARCHAR NOT NULL, 
	token VARCHAR NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
INSERT INTO "leases" VALUES('tick','a13f9b040dfe7eb1','2026-03-10 12:01:00.000000');
INSERT INTO "leases" VALUES('alerts:1','42163faf79d45ace','2026-03-11 12:01:00.000000');
CREATE TABLE oauth_states (
	state VARCHAR NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_oauth_states PRIMARY KEY (state)
);
INSERT INTO "oauth_states" VALUES('state-1','2026-03-10 12:10:00.000000');
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR NOT NULL, 
	workspace_id INTEGER NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	thread_id VARCHAR, 
	person_id VARCHAR, 
	edits VARCHAR, 
	payload TEXT NOT NULL, 
	owner_id VARCHAR, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at DATETIME NOT NULL, 
	expires_at DATETIME, 
	first_try_at DATETIME, 
	last_try_at DATETIME, 
	lease_token VARCHAR, 
	message_id VARCHAR, 
	error TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT fk_outbox_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id), 
	CONSTRAINT uq_outbox_key UNIQUE ("key")
);
INSERT INTO "outbox" VALUES(1,'digest:1:2026-03-11',1,'C1',NULL,NULL,NULL,'{"type":"Reply","summary":"Views went up.","title":"Digest","parts":[{"type":"Picture","name":"chart.png","png":"04004b1ba1af0a5f067ca09828a5ef664c69519aba25fc3fc196009f48f3ec83","alt":"Views went up."}],"actions":[],"tone":"info","files":[],"public_line":[],"changes_settings":false,"reports":[],"announces":[]}','U1','pending',0,'2026-03-11 12:00:00.000000',NULL,NULL,NULL,NULL,NULL,'','2026-03-11 12:00:00.000000',NULL);
INSERT INTO "outbox" VALUES(2,'told:1',1,'',NULL,'U1',NULL,'{"type":"Reply","summary":"Views went up.","title":"Digest","parts":[{"type":"Picture","name":"chart.png","png":"04004b1ba1af0a5f067ca09828a5ef664c69519aba25fc3fc196009f48f3ec83","alt":"Views went up."}],"actions":[],"tone":"info","files":[],"public_line":[],"changes_settings":false,"reports":[],"announces":[]}',NULL,'sent',1,'2026-03-11 13:00:45.000000','2026-03-11 12:00:00.000000','2026-03-11 13:00:00.000000','2026-03-11 13:00:00.000000',NULL,'1700000000.000100','','2026-03-10 12:00:00.000000','2026-03-11 12:00:00.000000');
INSERT INTO "outbox" VALUES(3,'edit:1',1,'C1',NULL,NULL,'digest:1:2026-03-11','{"type":"Reply","summary":"Views went up.","title":"Digest","parts":[{"type":"Picture","name":"chart.png","png":"04004b1ba1af0a5f067ca09828a5ef664c69519aba25fc3fc196009f48f3ec83","alt":"Views went up."}],"actions":[],"tone":"info","files":[],"public_line":[],"changes_settings":false,"reports":[],"announces":[]}',NULL,'pending',0,'2026-03-10 12:00:00.000000',NULL,NULL,NULL,NULL,NULL,'','2026-03-10 12:00:00.000000',NULL);
CREATE TABLE presences (
	chat VARCHAR NOT NULL, 
	external_id VARCHAR NOT NULL, 
	arrived_at DATETIME NOT NULL, 
	left_at DATETIME, is_claimed BOOLEAN DEFAULT 0 NOT NULL, was_public BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_presences PRIMARY KEY (chat, external_id)
);
INSERT INTO "presences" VALUES('discord','G1','2026-03-10 12:00:00.000000',NULL,1,1);
INSERT INTO "presences" VALUES('discord','G2','2026-03-10 12:00:00.000000',NULL,0,1);
INSERT INTO "presences" VALUES('discord','G3','2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000',0,1);
CREATE TABLE rates (
	"key" VARCHAR NOT NULL, 
	tat DOUBLE NOT NULL, 
	CONSTRAINT pk_rates PRIMARY KEY ("key")
);
INSERT INTO "rates" VALUES('fingerprint-1',1773144001.2);
CREATE TABLE registrations (
	chat VARCHAR NOT NULL, 
	application_id VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	registered_at DATETIME NOT NULL, 
	CONSTRAINT pk_registrations PRIMARY KEY (chat, application_id)
);
INSERT INTO "registrations" VALUES('discord','app-1','fp','2026-03-10 12:00:00.000000');
CREATE TABLE services (
	name VARCHAR NOT NULL, 
	process VARCHAR NOT NULL, 
	seen_at DATETIME NOT NULL, 
	problem VARCHAR NOT NULL, 
	CONSTRAINT pk_services PRIMARY KEY (name)
);
INSERT INTO "services" VALUES('scheduler','process-1','2026-03-10 12:00:00.000000','');
INSERT INTO "services" VALUES('slack','process-1','2026-03-10 12:00:00.000000','no connection');
CREATE TABLE short_links (
	link TEXT NOT NULL, 
	target TEXT NOT NULL, 
	followed_at DATETIME NOT NULL, 
	CONSTRAINT pk_short_links PRIMARY KEY (link)
);
INSERT INTO "short_links" VALUES('https://vm.tiktok.com/x','https://www.tiktok.com/@ada/video/1','2026-03-10 12:00:00.000000');
CREATE TABLE snapshot_days (
	wallet_id INTEGER NOT NULL, 
	owner_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	snapshots INTEGER NOT NULL, 
	CONSTRAINT pk_snapshot_days PRIMARY KEY (wallet_id, owner_id, day), 
	CONSTRAINT fk_snapshot_days_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallets (id)
);
INSERT INTO "snapshot_days" VALUES(1,0,'2026-03-09',3);
CREATE TABLE snapshots (
	wallet_id INTEGER NOT NULL, 
	video_id VARCHAR NOT NULL, 
	taken_at DATETIME NOT NULL, 
	views BIGINT, 
	likes BIGINT, 
	comments BIGINT, 
	shares BIGINT, 
	saves BIGINT, 
	CONSTRAINT pk_snapshots PRIMARY KEY (wallet_id, video_id, taken_at), 
	CONSTRAINT fk_snapshots_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallets (id)
)
 WITHOUT ROWID

;
INSERT INTO "snapshots" VALUES(1,'v1','2026-03-09 12:00:00.000000',10,NULL,NULL,NULL,NULL);
INSERT INTO "snapshots" VALUES(1,'v1','2026-03-09 13:00:00.000000',20,NULL,NULL,NULL,NULL);
INSERT INTO "snapshots" VALUES(1,'v1','2026-03-09 14:00:00.000000',35,NULL,NULL,NULL,NULL);
CREATE TABLE track_requests (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch VARCHAR NOT NULL, 
	workspace_id INTEGER NOT NULL, 
	wallet_id INTEGER NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	person_name TEXT NOT NULL, 
	"key" VARCHAR NOT NULL, 
	link TEXT NOT NULL, 
	platform VARCHAR NOT NULL, 
	price BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	proposed_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	days INTEGER, 
	cost BIGINT, 
	submitted_at DATETIME, 
	video_id VARCHAR, 
	outcome TEXT NOT NULL, 
	clean_looks INTEGER NOT NULL, twin INTEGER DEFAULT '0' NOT NULL, missed_at DATETIME, listed_at DATETIME, ended_at DATETIME, 
	CONSTRAINT fk_track_requests_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallets (id), 
	CONSTRAINT fk_track_requests_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id), 
	CONSTRAINT uq_track_requests_workspace_id_batch_key UNIQUE (workspace_id, batch, "key")
);
INSERT INTO "track_requests" VALUES(1,'b1',1,1,'C1','U1','Ada','tiktok:a','https://example.com/tiktok:a','tiktok',15000,'proposed','2026-03-10 12:00:00.000000','2026-03-10 12:10:00.000000',NULL,NULL,NULL,NULL,'',0,0,NULL,NULL,NULL);
INSERT INTO "track_requests" VALUES(2,'b1',1,1,'C1','U1','Ada','tiktok:b','https://example.com/tiktok:b','tiktok',15000,'tracking','2026-03-10 12:00:00.000000','2026-03-10 12:10:00.000000',7,2520000,'2026-03-10 12:00:00.000000','v3','',0,0,NULL,NULL,'2026-03-10 12:00:00.000000');
INSERT INTO "track_requests" VALUES(3,'b1',1,1,'C1','U1','Ada','tiktok:c','https://example.com/tiktok:c','tiktok',15000,'failed','2026-03-10 12:00:00.000000','2026-03-10 12:10:00.000000',7,2520000,'2026-03-10 12:00:00.000000',NULL,'The link is private.',0,0,NULL,NULL,'2026-03-10 12:00:00.000000');
INSERT INTO "track_requests" VALUES(4,'b1',1,1,'C1','U1','Ada','tiktok:d','https://example.com/tiktok:d','tiktok',15000,'unknown','2026-03-10 12:00:00.000000','2026-03-10 12:10:00.000000',7,2520000,'2026-03-10 12:00:00.000000',NULL,'no answer',0,0,NULL,NULL,NULL);
CREATE TABLE video_counts (
	wallet_id INTEGER NOT NULL, 
	owner_id INTEGER NOT NULL, 
	platform VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	videos INTEGER NOT NULL, 
	CONSTRAINT pk_video_counts PRIMARY KEY (wallet_id, owner_id, platform, status), 
	CONSTRAINT fk_video_counts_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallets (id)
);
INSERT INTO "video_counts" VALUES(1,0,'tiktok','monitoring',1);
INSERT INTO "video_counts" VALUES(1,0,'youtube','completed',1);
INSERT INTO "video_counts" VALUES(1,1,'tiktok','monitoring',1);
CREATE TABLE videos (
	wallet_id INTEGER NOT NULL, 
	video_id VARCHAR NOT NULL, 
	owner_id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	link TEXT NOT NULL, 
	platform VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	is_running BOOLEAN NOT NULL, 
	title TEXT NOT NULL, 
	creator TEXT NOT NULL, 
	search_text TEXT NOT NULL, 
	started_at DATETIME, 
	newest_at DATETIME NOT NULL, 
	days INTEGER, 
	days_remaining VARCHAR, 
	ends_at DATETIME NOT NULL, 
	is_deleted BOOLEAN NOT NULL, 
	extra JSON NOT NULL, 
	seen_at DATETIME NOT NULL, 
	first_seen_at DATETIME NOT NULL, 
	read_at DATETIME, 
	reading_until DATETIME, 
	main_metric VARCHAR, 
	main_count BIGINT NOT NULL, 
	change_24h BIGINT NOT NULL, 
	snapshot_count INTEGER NOT NULL, 
	last_snapshot_at DATETIME, 
	started_by_id VARCHAR, 
	started_by_name TEXT, ended_at DATETIME, due_at DATETIME, unread_rows INTEGER DEFAULT '0' NOT NULL, main_at DATETIME, change_since DATETIME, 
	CONSTRAINT pk_videos PRIMARY KEY (wallet_id, video_id), 
	CONSTRAINT fk_videos_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallets (id)
);
INSERT INTO "videos" VALUES(1,'v1',0,'tiktok:v1','https://www.tiktok.com/@ada/video/v1','tiktok','monitoring',1,'Don’t “stop” 50% / a_b','Ada','dont stop 50% / a_b
ada
v1
https://www.tiktok.com/ada/video/v1','2026-03-09 12:00:00.000000','2026-03-09 12:00:00.000000',7,'5.9583','2026-03-16 12:00:00.000000',0,'{"language": "en"}','2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000',NULL,'views',35,25,3,'2026-03-09 14:00:00.000000',NULL,NULL,NULL,'2026-03-10 12:01:30.000000',0,'2026-03-09 14:00:00.000000','2026-03-09 12:00:00.000000');
INSERT INTO "videos" VALUES(1,'v2',0,'tiktok:v2','https://youtu.be/abcdefghijk','youtube','completed',0,'','','

v2
https://youtu.be/abcdefghijk',NULL,'2026-03-10 12:00:00.000000',NULL,NULL,'9999-01-01 00:00:00.000000',0,'{}','2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000',NULL,NULL,NULL,-9223372036854775808,-9223372036854775808,0,NULL,NULL,NULL,NULL,'2026-03-10 12:00:00.000000',0,NULL,NULL);
INSERT INTO "videos" VALUES(1,'v3',1,'tiktok:b','https://www.tiktok.com/@ada/video/v3','tiktok','monitoring',1,'','','

v3
https://www.tiktok.com/ada/video/v3','2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000',7,NULL,'2026-03-17 12:00:00.000000',0,'{}','2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000',NULL,NULL,NULL,-9223372036854775808,-9223372036854775808,0,NULL,'U1','Ada',NULL,'2026-03-10 13:01:30.000000',0,NULL,NULL);
CREATE TABLE wallets (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	fingerprint VARCHAR NOT NULL, 
	balance BIGINT, 
	uncharged BIGINT, 
	total_charged BIGINT, 
	cost_per_snapshot BIGINT, 
	total_snapshots BIGINT, 
	active_videos BIGINT, 
	usage_at DATETIME, 
	swept_at DATETIME, 
	complete BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, poll_at DATETIME, polled_at DATETIME, poll_failures INTEGER DEFAULT '0' NOT NULL, poll_problem TEXT DEFAULT '' NOT NULL, announced_usage_at DATETIME, is_test BOOLEAN DEFAULT 0 NOT NULL, lists_begun INTEGER DEFAULT '0' NOT NULL, listed INTEGER DEFAULT '0' NOT NULL, listing_until DATETIME, listed_at DATETIME, hidden_platforms VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT uq_wallets_fingerprint UNIQUE (fingerprint)
);
INSERT INTO "wallets" VALUES(1,'fingerprint-1',12345678,15000,88200000,15000,5881,2,'2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000',1,'2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000',NULL,0,'','2026-03-10 12:00:00.000000',0,1,1,NULL,'2026-03-10 12:00:00.000000','tiktok,youtube');
INSERT INTO "wallets" VALUES(2,'fingerprint-2',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2026-03-10 12:00:00.000000','2026-03-10 12:00:00.000000',NULL,0,'',NULL,0,0,0,NULL,NULL,'');
CREATE TABLE workspaces (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	chat VARCHAR NOT NULL, 
	external_id VARCHAR NOT NULL, 
	name TEXT NOT NULL, 
	wallet_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, previews BOOLEAN DEFAULT 0 NOT NULL, is_operators BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT fk_workspaces_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallets (id), 
	CONSTRAINT uq_workspaces_chat_external_id UNIQUE (chat, external_id)
);
INSERT INTO "workspaces" VALUES(1,'slack','T1','Here’s “Acme” 🎬',1,'2026-03-10 12:00:00.000000',1,1);
INSERT INTO "workspaces" VALUES(2,'discord','G1','There',2,'2026-03-10 12:00:00.000000',0,0);
CREATE INDEX ix_videos_change ON videos (wallet_id, owner_id, platform, status, change_24h, video_id);
CREATE INDEX ix_videos_count ON videos (wallet_id, owner_id, platform, status, main_count, video_id);
CREATE INDEX ix_videos_ending ON videos (wallet_id, owner_id, platform, status, ends_at, video_id);
CREATE INDEX ix_videos_key ON videos (wallet_id, "key");
CREATE INDEX ix_videos_newest ON videos (wallet_id, owner_id, platform, status, newest_at, video_id);
CREATE INDEX ix_videos_recent ON videos (wallet_id, owner_id, is_running, newest_at, video_id);
CREATE INDEX ix_videos_running ON videos (wallet_id) WHERE is_running = 1;
CREATE INDEX ix_track_requests_spend ON track_requests (workspace_id, submitted_at);
CREATE INDEX ix_track_requests_video ON track_requests (video_id);
CREATE INDEX ix_audit_recent ON audit (workspace_id, at, id);
CREATE INDEX ix_inbox_seen_at ON inbox (seen_at);
CREATE INDEX ix_videos_ended ON videos (wallet_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX ix_wallets_poll_at ON wallets (poll_at);
CREATE INDEX ix_workspaces_wallet_id ON workspaces (wallet_id);
CREATE INDEX ix_videos_due ON videos (wallet_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_digests_due ON digests (next_due_at, workspace_id) WHERE is_on = 1;
CREATE INDEX ix_alert_states_due ON alert_states (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_wallets_news ON wallets (id) WHERE usage_at IS NOT NULL AND (announced_usage_at IS NULL OR announced_usage_at <> usage_at);
CREATE INDEX ix_events_wallet_id ON events (wallet_id, id);
CREATE INDEX ix_outbox_ended ON outbox (workspace_id, ended_at);
CREATE INDEX ix_outbox_open ON outbox (next_at, id) WHERE state IN ('pending', 'sending', 'unclear');
CREATE INDEX ix_outbox_channel ON outbox (workspace_id, channel_id, id) WHERE state IN ('pending', 'sending', 'unclear');
CREATE INDEX ix_outbox_edits ON outbox (edits) WHERE edits IS NOT NULL;
CREATE INDEX ix_presences_left_at ON presences (left_at);
CREATE INDEX ix_track_requests_wallet ON track_requests (wallet_id, submitted_at);
CREATE UNIQUE INDEX uq_track_requests_in_flight ON track_requests (wallet_id, "key", twin) WHERE state IN ('submitted', 'unknown');
CREATE INDEX ix_handled_events_handled_at ON handled_events (handled_at);
CREATE INDEX ix_handled_events_wallet_id ON handled_events (wallet_id);
CREATE INDEX ix_videos_unread ON videos (wallet_id, newest_at) WHERE read_at IS NULL AND due_at IS NOT NULL AND ended_at IS NULL AND NOT is_running;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('wallets',2);
INSERT INTO "sqlite_sequence" VALUES('workspaces',2);
INSERT INTO "sqlite_sequence" VALUES('track_requests',4);
INSERT INTO "sqlite_sequence" VALUES('digests',2);
INSERT INTO "sqlite_sequence" VALUES('outbox',3);
INSERT INTO "sqlite_sequence" VALUES('alert_settings',2);
INSERT INTO "sqlite_sequence" VALUES('events',2);
COMMIT;
