/** The text of `vitess-topo --help`. */
export const helpText = `vitess-topo: see, diagnose and repair a Vitess topology

Usage:
  vitess-topo status   ADDRESS [options]            keyspaces, moves and their traffic state
  vitess-topo diagnose ADDRESS [options]            where the records contradict each other
  vitess-topo precheck switch|reverse KEYSPACE.WORKFLOW ADDRESS [options]
  vitess-topo precheck switch|reverse --tables T[,T...] --from KEYSPACE --to KEYSPACE ADDRESS [options]
                                                    what would break a SwitchTraffic or ReverseTraffic
  vitess-topo switch   KEYSPACE.WORKFLOW ADDRESS --vtctld HOST:PORT [options]
  vitess-topo reverse  KEYSPACE.WORKFLOW ADDRESS --vtctld HOST:PORT [options]
                                                    SwitchTraffic or ReverseTraffic of a MoveTables: pre-check,
                                                    dry run, question, then followed to its end and verified
  vitess-topo repair   ADDRESS [options]            plan what removes findings, ask, and carry it out
  vitess-topo undo     [RUN] ADDRESS [options]      take back what a repair wrote; the last one without RUN
  vitess-topo history  [--history DIR]              the repairs and undos that were run
  vitess-topo locks    ADDRESS [--release RECORD [--yes]]
                                                    who holds which lock; release an abandoned one
  vitess-topo runbook  ADDRESS [options]            a Markdown document: what is broken, what to decide,
                                                    every step of the repair and its check
  vitess-topo watch    ADDRESS [--for 10m]          every change as it is written, and what it breaks or mends
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

Workflows live in the tablets, not in the topology. status, diagnose, precheck, switch, reverse, runbook and
snapshot ask vtctld for them; repair and undo have it refresh tablets:
  --vtctld HOST:PORT                vtctld's gRPC address, beside --etcd
  --vtctld-user NAME                user; the password comes from VITESS_TOPO_VTCTLD_PASSWORD or a file
  --vtctld-password-file FILE       file that holds the password
  --vtctld-ca FILE, --vtctld-cert FILE, --vtctld-key FILE, --vtctld-server-name NAME
                                    TLS to vtctld

Options of precheck, switch and reverse:
  --tablet-types primary,replica,rdonly
                                    whose traffic is switched (default all)
  --cells CELL[,CELL...]            where reads are switched (default every cell)
  --switch-timeout 30s              SwitchTraffic's --timeout
  --action-timeout 1h               of precheck: what will be given to vtctldclient
  --max-lag 30s                     of switch and reverse: --max-replication-lag-allowed

Options of repair and runbook:
  --keyspace K                      only findings of this keyspace
  --move ID | --move K.WORKFLOW     only findings of this move
  --finding CODE:RECORD             only this finding, as diagnose prints it
  --direction follow-routing        denied tables follow the routing rules (default)
  --direction serve-from:KEYSPACE   rules and denied tables are turned to this keyspace
  --follow-reads                    let rebuilt cells also follow reads that were switched with --cells

Options of repair, undo, switch and reverse (--yes and --history also of locks --release):
  --plan                            show the plan, or the dry run, and change nothing
  --yes                             carry it out without asking
  --force KEYSPACE                  of repair and undo: go on when a primary of this keyspace does not confirm that it
                                    denies; may be repeated
  --history DIR                     where runs are recorded (default: vitess-topo/history in
                                    XDG_STATE_HOME or ~/.local/state)

How tablets are reached (precheck, switch, reverse, repair, undo):
  --tablets dial|vtctld|wait        at the addresses of their records (dial, the default), through vtctld
                                    (the default with --vtctld), or not at all: somebody else has them
                                    read their Shard record (wait)
  --tablet-wait 60s                 with --tablets wait: how long somebody else is given
  --tablet-wait-confirms            with --tablets wait: something has every tablet read it in that time,
                                    so waiting counts as confirmed; tablets do not by themselves
  --tablet-ca FILE, --tablet-cert FILE, --tablet-key FILE, --tablet-server-name NAME
                                    TLS to the tablets' gRPC ports

Options:
  --format text|json                default text
  --timeout 30s                     for reading (of precheck also for asking the tablets); it ends no repair
  -h, --help                        this text
  --version                         the version

Exit codes: 0 no finding of severity error (diagnose, watch at its end), safe (precheck), switched (switch, reverse),
            done or nothing to do (repair, undo);
            1 some, not safe, not done: refused, undone or stopped;
            2 not everything could be checked or nothing could be done, or bad usage.
`;
