// Package opsdb keeps everything that is not edges: cases and their files,
// notes, traces and their results, users, sessions and keys, and a journal of
// who did what. It is one SQLite file, drawn in docs/format/opsdb.md.
//
// One connection writes, a few read, and every change is a transaction that is
// on the disk when the method returns (synchronous=FULL). Several processes may
// have the file open; one of them, the server, opens it with Options.Serve.
// Times are those of Options.Now, in whole milliseconds and UTC; a zero time
// means that it did not happen. Text from outside is checked and refused with
// its field named, but not made plain: who shows it does that.
package opsdb
