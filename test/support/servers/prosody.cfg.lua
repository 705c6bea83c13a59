-- Throw-away Prosody 0.12 for tests and the demo (Debian package "prosody"). prosody.ts fills in the words between at signs.
-- Everything lives below @DIR@; nothing of the system's own configuration is read or written.

run_as_root = true           -- only matters when started as root
pidfile = "@DIR@/prosody.pid"
data_path = "@DIR@/data"
certificates = "@DIR@/certs"
admin_socket = "@DIR@/prosody.sock"
plugin_paths = {}
log = { { levels = { min = "info" }, to = "file", filename = "@DIR@/prosody.log" } }

interfaces = { "127.0.0.1" }
c2s_ports = { @PORT@ }
c2s_direct_tls_ports = { @TLS_PORT@ }
s2s_ports = {}
http_ports = {}
https_ports = {}

modules_enabled = {
	"disco"; "roster"; "saslauth"; "tls"; "carbons"; "smacks"; "ping"; "blocklist"; "private"; "time"; "version";
	@MODULES@
}
modules_disabled = { "s2s" }

authentication = "internal_hashed"
password_hash = "@PASSWORD_HASH@"
storage = "internal"         -- files under data_path; survives a restart
c2s_require_encryption = true
allow_unencrypted_plain_auth = false

smacks_hibernation_time = @HIBERNATION@   -- seconds a dead session still looks online
network_settings = { read_timeout = @READ_TIMEOUT@ }

ssl = { certificate = "@DIR@/certs/@DOMAIN@.crt"; key = "@DIR@/certs/@DOMAIN@.key" }

@EXTRA@

VirtualHost "@DOMAIN@"
