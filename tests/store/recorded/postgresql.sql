CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.alert_settings (
    id integer NOT NULL,
    workspace_id integer NOT NULL,
    channel_id character varying NOT NULL,
    is_on boolean NOT NULL,
    off_reason text NOT NULL,
    threshold bigint NOT NULL,
    kinds json NOT NULL,
    muted_until timestamp with time zone,
    quiet_zone character varying,
    quiet_from integer,
    quiet_until integer,
    set_by_id character varying NOT NULL,
    set_by_name text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.alert_settings_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alert_settings_id_seq OWNED BY public.alert_settings.id;
CREATE TABLE public.alert_states (
    setting_id integer NOT NULL,
    subject character varying NOT NULL,
    state character varying NOT NULL,
    episode integer NOT NULL,
    message_key character varying,
    snoozed_until timestamp with time zone,
    detail json NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone
);
CREATE TABLE public.audit (
    id integer NOT NULL,
    workspace_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id character varying NOT NULL,
    person_name text NOT NULL,
    channel_id character varying NOT NULL,
    action character varying NOT NULL,
    link text NOT NULL,
    video_id character varying,
    cost bigint,
    outcome text NOT NULL
);
CREATE SEQUENCE public.audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;
CREATE TABLE public.blobs (
    hash character varying NOT NULL,
    content bytea NOT NULL,
    used_at timestamp with time zone NOT NULL
);
CREATE TABLE public.canary (
    id integer NOT NULL,
    locked text NOT NULL
);
CREATE TABLE public.credentials (
    workspace_id integer NOT NULL,
    locked_key text NOT NULL,
    linked_by_id character varying NOT NULL,
    linked_by_name text NOT NULL,
    linked_at timestamp with time zone NOT NULL
);
CREATE TABLE public.digests (
    id integer NOT NULL,
    workspace_id integer NOT NULL,
    channel_id character varying NOT NULL,
    is_on boolean NOT NULL,
    off_reason text NOT NULL,
    zone character varying NOT NULL,
    minute integer NOT NULL,
    weekday integer,
    options json NOT NULL,
    next_date date NOT NULL,
    next_due_at timestamp with time zone NOT NULL,
    last_date date,
    last_window_end timestamp with time zone,
    last_outcome text NOT NULL,
    lease_until timestamp with time zone,
    lease_token character varying,
    set_by_id character varying NOT NULL,
    set_by_name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_recent integer
);
CREATE SEQUENCE public.digests_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.digests_id_seq OWNED BY public.digests.id;
CREATE TABLE public.events (
    id integer NOT NULL,
    kind character varying NOT NULL,
    wallet_id integer NOT NULL,
    video_id character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    detail json NOT NULL
);
CREATE SEQUENCE public.events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.events_id_seq OWNED BY public.events.id;
CREATE TABLE public.forgotten_spend (
    chat character varying NOT NULL,
    external_id character varying NOT NULL,
    month date NOT NULL,
    cost bigint NOT NULL
);
CREATE TABLE public.handled_events (
    id integer NOT NULL,
    kind character varying NOT NULL,
    wallet_id integer NOT NULL,
    video_id character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone NOT NULL,
    outcome json NOT NULL
);
CREATE TABLE public.inbox (
    chat character varying NOT NULL,
    event_id character varying NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
CREATE TABLE public.installations (
    chat character varying NOT NULL,
    scope character varying NOT NULL,
    locked text NOT NULL,
    installed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.leases (
    name character varying NOT NULL,
    token character varying NOT NULL,
    until timestamp with time zone NOT NULL
);
CREATE TABLE public.oauth_states (
    state character varying NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.outbox (
    id integer NOT NULL,
    key character varying NOT NULL,
    workspace_id integer NOT NULL,
    channel_id character varying NOT NULL,
    thread_id character varying,
    person_id character varying,
    edits character varying,
    payload text NOT NULL,
    owner_id character varying,
    state character varying NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    first_try_at timestamp with time zone,
    last_try_at timestamp with time zone,
    lease_token character varying,
    message_id character varying,
    error text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);
CREATE SEQUENCE public.outbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.presences (
    chat character varying NOT NULL,
    external_id character varying NOT NULL,
    arrived_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    is_claimed boolean DEFAULT false NOT NULL,
    was_public boolean DEFAULT false NOT NULL
);
CREATE TABLE public.rates (
    key character varying NOT NULL,
    tat double precision NOT NULL
);
CREATE TABLE public.registrations (
    chat character varying NOT NULL,
    application_id character varying NOT NULL,
    fingerprint character varying NOT NULL,
    registered_at timestamp with time zone NOT NULL
);
CREATE TABLE public.services (
    name character varying NOT NULL,
    process character varying NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    problem character varying NOT NULL
);
CREATE TABLE public.short_links (
    link text NOT NULL,
    target text NOT NULL,
    followed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.snapshot_days (
    wallet_id integer NOT NULL,
    owner_id integer NOT NULL,
    day date NOT NULL,
    snapshots integer NOT NULL
);
CREATE TABLE public.snapshots (
    wallet_id integer NOT NULL,
    video_id character varying NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    views bigint,
    likes bigint,
    comments bigint,
    shares bigint,
    saves bigint
);
CREATE TABLE public.track_requests (
    id integer NOT NULL,
    batch character varying NOT NULL,
    workspace_id integer NOT NULL,
    wallet_id integer NOT NULL,
    channel_id character varying NOT NULL,
    person_id character varying NOT NULL,
    person_name text NOT NULL,
    key character varying NOT NULL,
    link text NOT NULL,
    platform character varying NOT NULL,
    price bigint NOT NULL,
    state character varying NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    days integer,
    cost bigint,
    submitted_at timestamp with time zone,
    video_id character varying,
    outcome text NOT NULL,
    clean_looks integer NOT NULL,
    twin integer DEFAULT 0 NOT NULL,
    missed_at timestamp with time zone,
    listed_at timestamp with time zone,
    ended_at timestamp with time zone
);
CREATE SEQUENCE public.track_requests_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.track_requests_id_seq OWNED BY public.track_requests.id;
CREATE TABLE public.video_counts (
    wallet_id integer NOT NULL,
    owner_id integer NOT NULL,
    platform character varying NOT NULL,
    status character varying NOT NULL,
    videos integer NOT NULL
);
CREATE TABLE public.videos (
    wallet_id integer NOT NULL,
    video_id character varying NOT NULL,
    owner_id integer NOT NULL,
    key character varying NOT NULL,
    link text NOT NULL,
    platform character varying NOT NULL,
    status character varying NOT NULL,
    is_running boolean NOT NULL,
    title text NOT NULL,
    creator text NOT NULL,
    search_text text NOT NULL,
    started_at timestamp with time zone,
    newest_at timestamp with time zone NOT NULL,
    days integer,
    days_remaining character varying,
    ends_at timestamp with time zone NOT NULL,
    is_deleted boolean NOT NULL,
    extra json NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    reading_until timestamp with time zone,
    main_metric character varying,
    main_count bigint NOT NULL,
    change_24h bigint NOT NULL,
    snapshot_count integer NOT NULL,
    last_snapshot_at timestamp with time zone,
    started_by_id character varying,
    started_by_name text,
    ended_at timestamp with time zone,
    due_at timestamp with time zone,
    unread_rows integer DEFAULT 0 NOT NULL,
    main_at timestamp with time zone,
    change_since timestamp with time zone
);
CREATE TABLE public.wallets (
    id integer NOT NULL,
    fingerprint character varying NOT NULL,
    balance bigint,
    uncharged bigint,
    total_charged bigint,
    cost_per_snapshot bigint,
    total_snapshots bigint,
    active_videos bigint,
    usage_at timestamp with time zone,
    swept_at timestamp with time zone,
    complete boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    poll_at timestamp with time zone,
    polled_at timestamp with time zone,
    poll_failures integer DEFAULT 0 NOT NULL,
    poll_problem text DEFAULT ''::text NOT NULL,
    announced_usage_at timestamp with time zone,
    is_test boolean DEFAULT false NOT NULL,
    lists_begun integer DEFAULT 0 NOT NULL,
    listed integer DEFAULT 0 NOT NULL,
    listing_until timestamp with time zone,
    listed_at timestamp with time zone,
    hidden_platforms character varying DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE public.wallets_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.wallets_id_seq OWNED BY public.wallets.id;
CREATE TABLE public.workspaces (
    id integer NOT NULL,
    chat character varying NOT NULL,
    external_id character varying NOT NULL,
    name text NOT NULL,
    wallet_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    previews boolean DEFAULT false NOT NULL,
    is_operators boolean DEFAULT false NOT NULL
);
CREATE SEQUENCE public.workspaces_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.workspaces_id_seq OWNED BY public.workspaces.id;
ALTER TABLE ONLY public.alert_settings ALTER COLUMN id SET DEFAULT nextval('public.alert_settings_id_seq'::regclass);
ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);
ALTER TABLE ONLY public.digests ALTER COLUMN id SET DEFAULT nextval('public.digests_id_seq'::regclass);
ALTER TABLE ONLY public.events ALTER COLUMN id SET DEFAULT nextval('public.events_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
ALTER TABLE ONLY public.track_requests ALTER COLUMN id SET DEFAULT nextval('public.track_requests_id_seq'::regclass);
ALTER TABLE ONLY public.wallets ALTER COLUMN id SET DEFAULT nextval('public.wallets_id_seq'::regclass);
ALTER TABLE ONLY public.workspaces ALTER COLUMN id SET DEFAULT nextval('public.workspaces_id_seq'::regclass);
INSERT INTO public.alembic_version (version_num) VALUES ('0014');
INSERT INTO public.alert_settings (id, workspace_id, channel_id, is_on, off_reason, threshold, kinds, muted_until, quiet_zone, quiet_from, quiet_until, set_by_id, set_by_name, created_at) VALUES (1, 1, 'C1', true, '', 2500000, '["balance", "spike"]', NULL, 'Europe/Berlin', 1320, 420, 'U1', 'Ada', '2026-03-10 12:00:00+00');
INSERT INTO public.alert_settings (id, workspace_id, channel_id, is_on, off_reason, threshold, kinds, muted_until, quiet_zone, quiet_from, quiet_until, set_by_id, set_by_name, created_at) VALUES (2, 2, 'D1', true, '', 2000000, '["balance", "completed"]', NULL, NULL, NULL, NULL, 'U2', 'Ben', '2026-03-10 12:00:00+00');
INSERT INTO public.alert_states (setting_id, subject, state, episode, message_key, snoozed_until, detail, changed_at, due_at) VALUES (1, 'balance', 'SOON', 2, 'balance.low:1:2', NULL, '{"shown": "1.00", "said": "OPEN", "edits": 1}', '2026-03-11 12:00:00+00', '2026-03-11 12:00:00+00');
INSERT INTO public.alert_states (setting_id, subject, state, episode, message_key, snoozed_until, detail, changed_at, due_at) VALUES (1, 'held:done:v2', 'OPEN', 1, NULL, NULL, '{"kind": "completed", "said": "CLEAR", "edits": 0}', '2026-03-11 12:00:00+00', NULL);
INSERT INTO public.alert_states (setting_id, subject, state, episode, message_key, snoozed_until, detail, changed_at, due_at) VALUES (1, 'spike:v1', 'OPEN', 1, 'spike:v1:1', '2026-03-12 12:00:00+00', '{"metric": "views", "said": "OPEN", "edits": 0}', '2026-03-11 12:00:00+00', '2026-03-12 12:00:00+00');
INSERT INTO public.audit (id, workspace_id, at, person_id, person_name, channel_id, action, link, video_id, cost, outcome) VALUES (1, 1, '2026-03-10 12:00:00+00', 'U1', 'Ada', 'C1', 'track', 'https://example.com/tiktok:b', 'v3', 2520000, 'tracking');
INSERT INTO public.audit (id, workspace_id, at, person_id, person_name, channel_id, action, link, video_id, cost, outcome) VALUES (2, 1, '2026-03-10 12:00:00+00', 'U1', 'Ada', 'C1', 'track', 'https://example.com/tiktok:c', NULL, NULL, 'The link is private.');
INSERT INTO public.audit (id, workspace_id, at, person_id, person_name, channel_id, action, link, video_id, cost, outcome) VALUES (3, 1, '2026-03-10 12:00:00+00', 'U1', 'Ada', 'C1', 'track', 'https://example.com/tiktok:d', NULL, NULL, 'no answer');
INSERT INTO public.audit (id, workspace_id, at, person_id, person_name, channel_id, action, link, video_id, cost, outcome) VALUES (4, 1, '2026-03-10 12:00:00+00', 'U2', 'Ben', 'C2', 'stop', 'https://youtu.be/abcdefghijk', 'v2', NULL, 'stopped');
INSERT INTO public.blobs (hash, content, used_at) VALUES ('04004b1ba1af0a5f067ca09828a5ef664c69519aba25fc3fc196009f48f3ec83', '\x89504e47207265636f72646564', '2026-03-10 12:00:00+00');
INSERT INTO public.canary (id, locked) VALUES (1, 'gAAAAABrC0osNIfSOBMMc763--eQJJH09Lra3oexVVWRU5_Fyr6LHd1Lg9XpSNtEzR5IzVIQjWkYRi5ZqedOREOF47PWMq7eUqGOGo1soGBxKiW8-YxKJdWKqNOWnrP7nMUVLvpOsY85vfcaOgGrJ9fKZ1NMClgLeQ==');
INSERT INTO public.credentials (workspace_id, locked_key, linked_by_id, linked_by_name, linked_at) VALUES (2, 'gAAAAABrC0os8z1BZ9PXpzghp3mUH35aQysFYxLyDkgdDOSlnCNBkyHdbyudU_0sTAbuosk0n9pSJluIhbx4aqGAheUoUbbSDN91nAb5IPQhEJbD4vJ3p1AAfECT_hggQZ7Te2Qlv2_X0UTNL28vU7KH3uKup2_oFIZNnai-aqmmug9d_9r8eT9u5PSxYhXXa95AGXSnvfiT', 'U2', 'Ben', '2026-03-10 12:00:00+00');
INSERT INTO public.digests (id, workspace_id, channel_id, is_on, off_reason, zone, minute, weekday, options, next_date, next_due_at, last_date, last_window_end, last_outcome, lease_until, lease_token, set_by_id, set_by_name, created_at, last_recent) VALUES (2, 2, 'D1', true, '', 'America/New_York', 30, 0, '{"sections": ["ending", "flat", "money", "movers", "videos"], "platforms": [], "skips_empty": false}', '2026-03-16', '2026-03-16 04:30:00+00', NULL, NULL, '', NULL, NULL, 'U2', 'Ben', '2026-03-10 12:00:00+00', NULL);
INSERT INTO public.digests (id, workspace_id, channel_id, is_on, off_reason, zone, minute, weekday, options, next_date, next_due_at, last_date, last_window_end, last_outcome, lease_until, lease_token, set_by_id, set_by_name, created_at, last_recent) VALUES (1, 1, 'C1', true, '', 'Europe/Berlin', 540, NULL, '{"sections": ["money", "movers"], "platforms": ["tiktok"], "skips_empty": true}', '2026-03-12', '2026-03-12 08:00:00+00', '2026-03-11', '2026-03-11 12:00:00+00', '', NULL, NULL, 'U1', 'Ada', '2026-03-10 12:00:00+00', 3);
INSERT INTO public.events (id, kind, wallet_id, video_id, at, detail) VALUES (2, 'tracking.failed', 1, 'v1', '2026-03-10 12:00:00+00', '{}');
INSERT INTO public.forgotten_spend (chat, external_id, month, cost) VALUES ('slack', 'b2e9ae50956996e4ee76a5473ba402df3933d4c2547491158f123775c6f2b362', '2026-03-01', 1500000);
INSERT INTO public.handled_events (id, kind, wallet_id, video_id, at, handled_at, outcome) VALUES (1, 'tracking.completed', 1, 'v2', '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', '{"1": "held"}');
INSERT INTO public.inbox (chat, event_id, seen_at) VALUES ('slack', 'Ev1', '2026-03-10 12:00:00+00');
INSERT INTO public.installations (chat, scope, locked, installed_at) VALUES ('slack', 'T1', 'gAAAAABrC0ose3BcGeHcNXtbcfgq4MmdZN9KZxbtJtK0VUBUGV6u7pAyRORYvXfg8fVFAaS-7lsj1_GApz0NaHejTBGQDOXatHN1Ipxni8S0TFXqz3bQ58JQfIE1RMrmuA9zcv_4D5wdcg5g2IoDJcVNUlXaoVNbpn1LFsmMXgT-unbvnoZSQSm_aDv25X16sHcX53ekXlQgeAHnp7-7FQsJGPUDb0GaWg==', '2026-03-10 12:00:00+00');
INSERT INTO public.leases (name, token, until) VALUES ('tick', 'e3f22ffe42eedbe5', '2026-03-10 12:01:00+00');
INSERT INTO public.leases (name, token, until) VALUES ('alerts:1', '30b5716a79550875', '2026-03-11 12:01:00+00');
INSERT INTO public.oauth_states (state, expires_at) VALUES ('state-1', '2026-03-10 12:10:00+00');
INSERT INTO public.outbox (id, key, workspace_id, channel_id, thread_id, person_id, edits, payload, owner_id, state, attempts, next_at, expires_at, first_try_at, last_try_at, lease_token, message_id, error, created_at, ended_at) VALUES (1, 'digest:1:2026-03-11', 1, 'C1', NULL, NULL, NULL, '{"type":"Reply","summary":"Views went up.","title":"Digest","parts":[{"type":"Picture","name":"chart.png","png":"04004b1ba1af0a5f067ca09828a5ef664c69519aba25fc3fc196009f48f3ec83","alt":"Views went up."}],"actions":[],"tone":"info","files":[],"public_line":[],"changes_settings":false,"reports":[],"announces":[]}', 'U1', 'pending', 0, '2026-03-11 12:00:00+00', NULL, NULL, NULL, NULL, NULL, '', '2026-03-11 12:00:00+00', NULL);
INSERT INTO public.outbox (id, key, workspace_id, channel_id, thread_id, person_id, edits, payload, owner_id, state, attempts, next_at, expires_at, first_try_at, last_try_at, lease_token, message_id, error, created_at, ended_at) VALUES (3, 'edit:1', 1, 'C1', NULL, NULL, 'digest:1:2026-03-11', '{"type":"Reply","summary":"Views went up.","title":"Digest","parts":[{"type":"Picture","name":"chart.png","png":"04004b1ba1af0a5f067ca09828a5ef664c69519aba25fc3fc196009f48f3ec83","alt":"Views went up."}],"actions":[],"tone":"info","files":[],"public_line":[],"changes_settings":false,"reports":[],"announces":[]}', NULL, 'pending', 0, '2026-03-10 12:00:00+00', NULL, NULL, NULL, NULL, NULL, '', '2026-03-10 12:00:00+00', NULL);
INSERT INTO public.outbox (id, key, workspace_id, channel_id, thread_id, person_id, edits, payload, owner_id, state, attempts, next_at, expires_at, first_try_at, last_try_at, lease_token, message_id, error, created_at, ended_at) VALUES (2, 'told:1', 1, '', NULL, 'U1', NULL, '{"type":"Reply","summary":"Views went up.","title":"Digest","parts":[{"type":"Picture","name":"chart.png","png":"04004b1ba1af0a5f067ca09828a5ef664c69519aba25fc3fc196009f48f3ec83","alt":"Views went up."}],"actions":[],"tone":"info","files":[],"public_line":[],"changes_settings":false,"reports":[],"announces":[]}', NULL, 'sent', 1, '2026-03-11 13:00:45+00', '2026-03-11 12:00:00+00', '2026-03-11 13:00:00+00', '2026-03-11 13:00:00+00', NULL, '1700000000.000100', '', '2026-03-10 12:00:00+00', '2026-03-11 12:00:00+00');
INSERT INTO public.presences (chat, external_id, arrived_at, left_at, is_claimed, was_public) VALUES ('discord', 'G2', '2026-03-10 12:00:00+00', NULL, false, true);
INSERT INTO public.presences (chat, external_id, arrived_at, left_at, is_claimed, was_public) VALUES ('discord', 'G1', '2026-03-10 12:00:00+00', NULL, true, true);
INSERT INTO public.presences (chat, external_id, arrived_at, left_at, is_claimed, was_public) VALUES ('discord', 'G3', '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', false, true);
INSERT INTO public.rates (key, tat) VALUES ('fingerprint-1', 1773144001.2);
INSERT INTO public.registrations (chat, application_id, fingerprint, registered_at) VALUES ('discord', 'app-1', 'fp', '2026-03-10 12:00:00+00');
INSERT INTO public.services (name, process, seen_at, problem) VALUES ('scheduler', 'process-1', '2026-03-10 12:00:00+00', '');
INSERT INTO public.services (name, process, seen_at, problem) VALUES ('slack', 'process-1', '2026-03-10 12:00:00+00', 'no connection');
INSERT INTO public.short_links (link, target, followed_at) VALUES ('https://vm.tiktok.com/x', 'https://www.tiktok.com/@ada/video/1', '2026-03-10 12:00:00+00');
INSERT INTO public.snapshot_days (wallet_id, owner_id, day, snapshots) VALUES (1, 0, '2026-03-09', 3);
INSERT INTO public.snapshots (wallet_id, video_id, taken_at, views, likes, comments, shares, saves) VALUES (1, 'v1', '2026-03-09 12:00:00+00', 10, NULL, NULL, NULL, NULL);
INSERT INTO public.snapshots (wallet_id, video_id, taken_at, views, likes, comments, shares, saves) VALUES (1, 'v1', '2026-03-09 13:00:00+00', 20, NULL, NULL, NULL, NULL);
INSERT INTO public.snapshots (wallet_id, video_id, taken_at, views, likes, comments, shares, saves) VALUES (1, 'v1', '2026-03-09 14:00:00+00', 35, NULL, NULL, NULL, NULL);
INSERT INTO public.track_requests (id, batch, workspace_id, wallet_id, channel_id, person_id, person_name, key, link, platform, price, state, proposed_at, expires_at, days, cost, submitted_at, video_id, outcome, clean_looks, twin, missed_at, listed_at, ended_at) VALUES (1, 'b1', 1, 1, 'C1', 'U1', 'Ada', 'tiktok:a', 'https://example.com/tiktok:a', 'tiktok', 15000, 'proposed', '2026-03-10 12:00:00+00', '2026-03-10 12:10:00+00', NULL, NULL, NULL, NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.track_requests (id, batch, workspace_id, wallet_id, channel_id, person_id, person_name, key, link, platform, price, state, proposed_at, expires_at, days, cost, submitted_at, video_id, outcome, clean_looks, twin, missed_at, listed_at, ended_at) VALUES (2, 'b1', 1, 1, 'C1', 'U1', 'Ada', 'tiktok:b', 'https://example.com/tiktok:b', 'tiktok', 15000, 'tracking', '2026-03-10 12:00:00+00', '2026-03-10 12:10:00+00', 7, 2520000, '2026-03-10 12:00:00+00', 'v3', '', 0, 0, NULL, NULL, '2026-03-10 12:00:00+00');
INSERT INTO public.track_requests (id, batch, workspace_id, wallet_id, channel_id, person_id, person_name, key, link, platform, price, state, proposed_at, expires_at, days, cost, submitted_at, video_id, outcome, clean_looks, twin, missed_at, listed_at, ended_at) VALUES (3, 'b1', 1, 1, 'C1', 'U1', 'Ada', 'tiktok:c', 'https://example.com/tiktok:c', 'tiktok', 15000, 'failed', '2026-03-10 12:00:00+00', '2026-03-10 12:10:00+00', 7, 2520000, '2026-03-10 12:00:00+00', NULL, 'The link is private.', 0, 0, NULL, NULL, '2026-03-10 12:00:00+00');
INSERT INTO public.track_requests (id, batch, workspace_id, wallet_id, channel_id, person_id, person_name, key, link, platform, price, state, proposed_at, expires_at, days, cost, submitted_at, video_id, outcome, clean_looks, twin, missed_at, listed_at, ended_at) VALUES (4, 'b1', 1, 1, 'C1', 'U1', 'Ada', 'tiktok:d', 'https://example.com/tiktok:d', 'tiktok', 15000, 'unknown', '2026-03-10 12:00:00+00', '2026-03-10 12:10:00+00', 7, 2520000, '2026-03-10 12:00:00+00', NULL, 'no answer', 0, 0, NULL, NULL, NULL);
INSERT INTO public.video_counts (wallet_id, owner_id, platform, status, videos) VALUES (1, 0, 'tiktok', 'monitoring', 1);
INSERT INTO public.video_counts (wallet_id, owner_id, platform, status, videos) VALUES (1, 0, 'youtube', 'completed', 1);
INSERT INTO public.video_counts (wallet_id, owner_id, platform, status, videos) VALUES (1, 1, 'tiktok', 'monitoring', 1);
INSERT INTO public.videos (wallet_id, video_id, owner_id, key, link, platform, status, is_running, title, creator, search_text, started_at, newest_at, days, days_remaining, ends_at, is_deleted, extra, seen_at, first_seen_at, read_at, reading_until, main_metric, main_count, change_24h, snapshot_count, last_snapshot_at, started_by_id, started_by_name, ended_at, due_at, unread_rows, main_at, change_since) VALUES (1, 'v2', 0, 'tiktok:v2', 'https://youtu.be/abcdefghijk', 'youtube', 'completed', false, '', '', '
v2
https://youtu.be/abcdefghijk', NULL, '2026-03-10 12:00:00+00', NULL, NULL, '9999-01-01 00:00:00+00', false, '{}', '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', NULL, NULL, NULL, -9223372036854775808, -9223372036854775808, 0, NULL, NULL, NULL, NULL, '2026-03-10 12:00:00+00', 0, NULL, NULL);
INSERT INTO public.videos (wallet_id, video_id, owner_id, key, link, platform, status, is_running, title, creator, search_text, started_at, newest_at, days, days_remaining, ends_at, is_deleted, extra, seen_at, first_seen_at, read_at, reading_until, main_metric, main_count, change_24h, snapshot_count, last_snapshot_at, started_by_id, started_by_name, ended_at, due_at, unread_rows, main_at, change_since) VALUES (1, 'v1', 0, 'tiktok:v1', 'https://www.tiktok.com/@ada/video/v1', 'tiktok', 'monitoring', true, 'Don’t “stop” 50% / a_b', 'Ada', 'dont stop 50% / a_b
ada
v1
https://www.tiktok.com/ada/video/v1', '2026-03-09 12:00:00+00', '2026-03-09 12:00:00+00', 7, '5.9583', '2026-03-16 12:00:00+00', false, '{"language": "en"}', '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', NULL, 'views', 35, 25, 3, '2026-03-09 14:00:00+00', NULL, NULL, NULL, '2026-03-10 12:01:30+00', 0, '2026-03-09 14:00:00+00', '2026-03-09 12:00:00+00');
INSERT INTO public.videos (wallet_id, video_id, owner_id, key, link, platform, status, is_running, title, creator, search_text, started_at, newest_at, days, days_remaining, ends_at, is_deleted, extra, seen_at, first_seen_at, read_at, reading_until, main_metric, main_count, change_24h, snapshot_count, last_snapshot_at, started_by_id, started_by_name, ended_at, due_at, unread_rows, main_at, change_since) VALUES (1, 'v3', 1, 'tiktok:b', 'https://www.tiktok.com/@ada/video/v3', 'tiktok', 'monitoring', true, '', '', '
v3
https://www.tiktok.com/ada/video/v3', '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', 7, NULL, '2026-03-17 12:00:00+00', false, '{}', '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', NULL, NULL, NULL, -9223372036854775808, -9223372036854775808, 0, NULL, 'U1', 'Ada', NULL, '2026-03-10 13:01:30+00', 0, NULL, NULL);
INSERT INTO public.wallets (id, fingerprint, balance, uncharged, total_charged, cost_per_snapshot, total_snapshots, active_videos, usage_at, swept_at, complete, created_at, poll_at, polled_at, poll_failures, poll_problem, announced_usage_at, is_test, lists_begun, listed, listing_until, listed_at, hidden_platforms) VALUES (2, 'fingerprint-2', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', NULL, 0, '', NULL, false, 0, 0, NULL, NULL, '');
INSERT INTO public.wallets (id, fingerprint, balance, uncharged, total_charged, cost_per_snapshot, total_snapshots, active_videos, usage_at, swept_at, complete, created_at, poll_at, polled_at, poll_failures, poll_problem, announced_usage_at, is_test, lists_begun, listed, listing_until, listed_at, hidden_platforms) VALUES (1, 'fingerprint-1', 12345678, 15000, 88200000, 15000, 5881, 2, '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', true, '2026-03-10 12:00:00+00', '2026-03-10 12:00:00+00', NULL, 0, '', '2026-03-10 12:00:00+00', false, 1, 1, NULL, '2026-03-10 12:00:00+00', 'tiktok,youtube');
INSERT INTO public.workspaces (id, chat, external_id, name, wallet_id, created_at, previews, is_operators) VALUES (2, 'discord', 'G1', 'There', 2, '2026-03-10 12:00:00+00', false, false);
INSERT INTO public.workspaces (id, chat, external_id, name, wallet_id, created_at, previews, is_operators) VALUES (1, 'slack', 'T1', 'Here’s “Acme” 🎬', 1, '2026-03-10 12:00:00+00', true, true);
SELECT pg_catalog.setval('public.alert_settings_id_seq', 2, true);
SELECT pg_catalog.setval('public.audit_id_seq', 4, true);
SELECT pg_catalog.setval('public.digests_id_seq', 2, true);
SELECT pg_catalog.setval('public.events_id_seq', 2, true);
SELECT pg_catalog.setval('public.outbox_id_seq', 3, true);
SELECT pg_catalog.setval('public.track_requests_id_seq', 4, true);
SELECT pg_catalog.setval('public.wallets_id_seq', 2, true);
SELECT pg_catalog.setval('public.workspaces_id_seq', 2, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.alert_settings
    ADD CONSTRAINT pk_alert_settings PRIMARY KEY (id);
ALTER TABLE ONLY public.alert_states
    ADD CONSTRAINT pk_alert_states PRIMARY KEY (setting_id, subject);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (id);
ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT pk_blobs PRIMARY KEY (hash);
ALTER TABLE ONLY public.canary
    ADD CONSTRAINT pk_canary PRIMARY KEY (id);
ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT pk_credentials PRIMARY KEY (workspace_id);
ALTER TABLE ONLY public.digests
    ADD CONSTRAINT pk_digests PRIMARY KEY (id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT pk_events PRIMARY KEY (id);
ALTER TABLE ONLY public.forgotten_spend
    ADD CONSTRAINT pk_forgotten_spend PRIMARY KEY (chat, external_id, month);
ALTER TABLE ONLY public.handled_events
    ADD CONSTRAINT pk_handled_events PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (chat, event_id);
ALTER TABLE ONLY public.installations
    ADD CONSTRAINT pk_installations PRIMARY KEY (chat, scope);
ALTER TABLE ONLY public.leases
    ADD CONSTRAINT pk_leases PRIMARY KEY (name);
ALTER TABLE ONLY public.oauth_states
    ADD CONSTRAINT pk_oauth_states PRIMARY KEY (state);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.presences
    ADD CONSTRAINT pk_presences PRIMARY KEY (chat, external_id);
ALTER TABLE ONLY public.rates
    ADD CONSTRAINT pk_rates PRIMARY KEY (key);
ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT pk_registrations PRIMARY KEY (chat, application_id);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT pk_services PRIMARY KEY (name);
ALTER TABLE ONLY public.short_links
    ADD CONSTRAINT pk_short_links PRIMARY KEY (link);
ALTER TABLE ONLY public.snapshot_days
    ADD CONSTRAINT pk_snapshot_days PRIMARY KEY (wallet_id, owner_id, day);
ALTER TABLE ONLY public.snapshots
    ADD CONSTRAINT pk_snapshots PRIMARY KEY (wallet_id, video_id, taken_at);
ALTER TABLE ONLY public.track_requests
    ADD CONSTRAINT pk_track_requests PRIMARY KEY (id);
ALTER TABLE ONLY public.video_counts
    ADD CONSTRAINT pk_video_counts PRIMARY KEY (wallet_id, owner_id, platform, status);
ALTER TABLE ONLY public.videos
    ADD CONSTRAINT pk_videos PRIMARY KEY (wallet_id, video_id);
ALTER TABLE ONLY public.wallets
    ADD CONSTRAINT pk_wallets PRIMARY KEY (id);
ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT pk_workspaces PRIMARY KEY (id);
ALTER TABLE ONLY public.alert_settings
    ADD CONSTRAINT uq_alert_settings_workspace_id_channel_id UNIQUE (workspace_id, channel_id);
ALTER TABLE ONLY public.digests
    ADD CONSTRAINT uq_digests_workspace_id_channel_id UNIQUE (workspace_id, channel_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT uq_outbox_key UNIQUE (key);
ALTER TABLE ONLY public.track_requests
    ADD CONSTRAINT uq_track_requests_workspace_id_batch_key UNIQUE (workspace_id, batch, key);
ALTER TABLE ONLY public.wallets
    ADD CONSTRAINT uq_wallets_fingerprint UNIQUE (fingerprint);
ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT uq_workspaces_chat_external_id UNIQUE (chat, external_id);
CREATE INDEX ix_alert_states_due ON public.alert_states USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ix_audit_recent ON public.audit USING btree (workspace_id, at, id);
CREATE INDEX ix_digests_due ON public.digests USING btree (next_due_at, workspace_id) WHERE is_on;
CREATE INDEX ix_events_wallet_id ON public.events USING btree (wallet_id, id);
CREATE INDEX ix_handled_events_handled_at ON public.handled_events USING btree (handled_at);
CREATE INDEX ix_handled_events_wallet_id ON public.handled_events USING btree (wallet_id);
CREATE INDEX ix_inbox_seen_at ON public.inbox USING btree (seen_at);
CREATE INDEX ix_outbox_channel ON public.outbox USING btree (workspace_id, channel_id, id) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying, 'unclear'::character varying])::text[]));
CREATE INDEX ix_outbox_edits ON public.outbox USING btree (edits) WHERE (edits IS NOT NULL);
CREATE INDEX ix_outbox_ended ON public.outbox USING btree (workspace_id, ended_at);
CREATE INDEX ix_outbox_open ON public.outbox USING btree (next_at, id) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying, 'unclear'::character varying])::text[]));
CREATE INDEX ix_presences_left_at ON public.presences USING btree (left_at);
CREATE INDEX ix_track_requests_spend ON public.track_requests USING btree (workspace_id, submitted_at);
CREATE INDEX ix_track_requests_video ON public.track_requests USING btree (video_id);
CREATE INDEX ix_track_requests_wallet ON public.track_requests USING btree (wallet_id, submitted_at);
CREATE INDEX ix_videos_change ON public.videos USING btree (wallet_id, owner_id, platform, status, change_24h, video_id);
CREATE INDEX ix_videos_count ON public.videos USING btree (wallet_id, owner_id, platform, status, main_count, video_id);
CREATE INDEX ix_videos_due ON public.videos USING btree (wallet_id, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ix_videos_ended ON public.videos USING btree (wallet_id, ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX ix_videos_ending ON public.videos USING btree (wallet_id, owner_id, platform, status, ends_at, video_id);
CREATE INDEX ix_videos_key ON public.videos USING btree (wallet_id, key);
CREATE INDEX ix_videos_newest ON public.videos USING btree (wallet_id, owner_id, platform, status, newest_at, video_id);
CREATE INDEX ix_videos_recent ON public.videos USING btree (wallet_id, owner_id, is_running, newest_at, video_id);
CREATE INDEX ix_videos_running ON public.videos USING btree (wallet_id) WHERE is_running;
CREATE INDEX ix_videos_unread ON public.videos USING btree (wallet_id, newest_at) WHERE ((read_at IS NULL) AND (due_at IS NOT NULL) AND (ended_at IS NULL) AND (NOT is_running));
CREATE INDEX ix_wallets_news ON public.wallets USING btree (id) WHERE ((usage_at IS NOT NULL) AND ((announced_usage_at IS NULL) OR (announced_usage_at <> usage_at)));
CREATE INDEX ix_wallets_poll_at ON public.wallets USING btree (poll_at);
CREATE INDEX ix_workspaces_wallet_id ON public.workspaces USING btree (wallet_id);
CREATE UNIQUE INDEX uq_track_requests_in_flight ON public.track_requests USING btree (wallet_id, key, twin) WHERE ((state)::text = ANY ((ARRAY['submitted'::character varying, 'unknown'::character varying])::text[]));
ALTER TABLE ONLY public.alert_settings
    ADD CONSTRAINT fk_alert_settings_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.alert_states
    ADD CONSTRAINT fk_alert_states_setting_id FOREIGN KEY (setting_id) REFERENCES public.alert_settings(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT fk_audit_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT fk_credentials_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.digests
    ADD CONSTRAINT fk_digests_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_wallet_id FOREIGN KEY (wallet_id) REFERENCES public.wallets(id);
ALTER TABLE ONLY public.handled_events
    ADD CONSTRAINT fk_handled_events_wallet_id_wallets FOREIGN KEY (wallet_id) REFERENCES public.wallets(id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.snapshot_days
    ADD CONSTRAINT fk_snapshot_days_wallet_id FOREIGN KEY (wallet_id) REFERENCES public.wallets(id);
ALTER TABLE ONLY public.snapshots
    ADD CONSTRAINT fk_snapshots_wallet_id FOREIGN KEY (wallet_id) REFERENCES public.wallets(id);
ALTER TABLE ONLY public.track_requests
    ADD CONSTRAINT fk_track_requests_wallet_id FOREIGN KEY (wallet_id) REFERENCES public.wallets(id);
ALTER TABLE ONLY public.track_requests
    ADD CONSTRAINT fk_track_requests_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.video_counts
    ADD CONSTRAINT fk_video_counts_wallet_id FOREIGN KEY (wallet_id) REFERENCES public.wallets(id);
ALTER TABLE ONLY public.videos
    ADD CONSTRAINT fk_videos_wallet_id FOREIGN KEY (wallet_id) REFERENCES public.wallets(id);
ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT fk_workspaces_wallet_id FOREIGN KEY (wallet_id) REFERENCES public.wallets(id);
