package vfs

import "fmt"

// Op is a set of operations of an FS and its files, for tests that choose where
// something goes wrong.
type Op uint16

// The operations.
const (
	OpOpen   Op = 1 << iota // Open, ReadOnly or ReadWrite
	OpCreate                // Open, Create
	OpMap
	OpAllocate
	OpSync
	OpSyncDir
	OpList
	OpRemove
	OpMkdir
	OpLock
)

var opNames = map[Op]string{
	OpOpen: "open", OpCreate: "create", OpMap: "map", OpAllocate: "allocate", OpSync: "sync",
	OpSyncDir: "syncdir", OpList: "list", OpRemove: "remove", OpMkdir: "mkdir", OpLock: "lock",
}

// String names one operation; a set of several is shown in binary.
func (o Op) String() string {
	if s, ok := opNames[o]; ok {
		return s
	}
	return fmt.Sprintf("Op(%b)", uint16(o))
}
