//go:build linux || darwin || freebsd

package vfs

import (
	"os"

	"golang.org/x/sys/unix"

	"clew.example/clew/internal/invariant"
)

// reserveMemory returns size bytes of address space that fault when touched.
func reserveMemory(size int64) ([]byte, error) {
	return unix.Mmap(-1, 0, int(roundPage(size)), unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

// openMemory makes [from, to) of a reservation zeros that can be written.
// Systems with larger pages open a little more than asked.
func openMemory(mem []byte, from, to int64) error {
	page := int64(os.Getpagesize())
	from, to = from/page*page, min((to+page-1)/page*page, int64(len(mem)))
	if from >= to {
		return nil
	}
	return unix.Mprotect(mem[from:to], unix.PROT_READ|unix.PROT_WRITE)
}

func freeMemory(mem []byte) {
	err := unix.Munmap(mem)
	invariant.Check(err == nil, "unmapping %d bytes: %v", len(mem), err)
}
