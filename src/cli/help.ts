/** The text of `vitess-topo --help`. */
export const helpText = `vitess-topo: see and diagnose a Vitess topology

Usage:
  vitess-topo status   ADDRESS [options]            keyspaces, moves and their traffic state
  vitess-topo diagnose ADDRESS [options]            where the records contradict each other
  vitess-topo precheck switch|reverse KEYSPACE.WORKFLOW ADDRESS [options]
  vitess-topo precheck switch|reverse --tables T[,T...] --from KEYSPACE --to KEYSPACE ADDRESS [options]
                                                    what would break a SwitchTraffic or ReverseTraffic
  vitess-topo snapshot ADDRESS --out DIR [options]  write the topology to a new folder

ADDRESS is one of:
  --etcd HOST:PORT[,HOST:PORT...]   an etcd2 topology
      --root PATH                   the global root (default /vitess/global)
      --etcd-user NAME              user; the password comes from VITESS_TOPO_ETCD_PASSWORD or a file
      --etcd-password-file FILE     file that holds the password
      --etcd-ca FILE                CA certificate; switches TLS on
      --etcd-cert FILE, --etcd-key FILE
                                    client certificate and key
      --etcd-server-name NAME       name to expect in the server's certificate
      --cell-address CELL=HOST:PORT use this address for a cell instead of its CellInfo's;
                                    CELL=global reads it through the global etcd; may be repeated
  --snapshot DIR                    a folder with topo/ as written by "vitess-topo snapshot"
      --root PATH                   the global root, when it cannot be found by its cells/ folder

Options of precheck:
  --action-timeout 1h               what will be given to vtctldclient
  --switch-timeout 30s              SwitchTraffic's --timeout
  --tablets dial|vtctld|wait        how tablets are reached: at the addresses of their records (dial,
                                    the default), through vtctld (the default with --vtctld), or not at
                                    all (wait); only dial asks them
  --tablet-ca FILE, --tablet-cert FILE, --tablet-key FILE, --tablet-server-name NAME
                                    TLS to the tablets' gRPC ports
  --vtctld HOST:PORT                vtctld's gRPC address

Options:
  --format text|json                default text
  --timeout 30s                     for the whole command
  -h, --help                        this text
  --version                         the version

Exit codes: 0 no finding of severity error (diagnose), safe (precheck); 1 some, not safe;
            2 not everything could be checked, or bad usage.
`;
