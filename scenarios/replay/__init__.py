"""The operation replayed on many real node processes, with faults, and with proofs at the end.

    libertad replay operation-libertad-2018 --nodes 16 --faults harsh --seed 7 --report report.json

One scenario (`scenarios.operation_libertad_2018`) is played: here its venue is `playing.ManyNodes`, which
sends each call to the node of its actor's authority. A refusal there means that something has not travelled
yet, so the call is made again. Each call has a token and is done exactly once, whatever is killed
(`on_node.once`).

- `nursery`, `process`, `wire`, `hosts`: node processes, forked from a warm parent (17 in 0.3 s; killed and
  started again in 25 ms), led over a socket pair. Each has a home, a database, keys and a log of its own.
- `playing`: the venue, the clock, a lane of events for each country's police and for its care, the ledger
  of acknowledged entries.
- `faults`: what goes wrong, as data, the same for the same seed. `injecting`: making it happen.
- `snapshots`: what a node holds, told by itself. `checks`, `searching`: the proofs. `report`: the verdict.
- `run`: all of it in order.

Where the exchange comes in
---------------------------
`carriage.Carriage` is the only seam; its docstrings say what each method is to do and when it is called.
`courier` is a stand-in that copies entries over the driver's own pipes, so that all the rest can be run and
tested; a report made with it says so and never holds. An exchange fills in:

1. `started(host)`: called after each start of a process, restarts after kill -9 included, before anybody
   asks it. `host.call(on_node.listen, host.port)` serves HTTP there on a port that stays the same; then
   begin its loop.
2. `join(inviter, invited, authority)`: invitation, peers, release of the operation's key. The venue waits
   until `on_node.reads` says that the authority reads the operation where it lives. It is called for every
   authority, also for one whose node is a peer already (prosecution beside its police), and while nothing
   goes wrong yet.
3. `cut`, `heal`, `slow`: of pairs of hosts, both ways; the injector has counted overlapping cuts already. A
   pull from A to B is to go through a `scenarios.bad_network.Link` of its own, so that a pair can be cut.
4. `restored(host)`: the older database was accepted (`journal.restore.accept`): new device keys, new node
   key and so a new origin. Make both known, repair, and give it back what it had given away.
5. `renew`, `revoke`, `thief`: the stolen home. The host goes on under new keys, the lead says which, the old
   devices are revoked; then the thief speaks at its place with the old ones. `can` must name 'revoke',
   'thief' and 'links' for these faults to be played; a planned fault that is not played makes the report say
   no.
6. `quiet()`: nothing under way. The driver asks beside it that no node's journal grew for a second.
"""
