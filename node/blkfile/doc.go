// Package blkfile reads blocks from a folder: the blk*.dat and rev*.dat of
// Bitcoin Core, obfuscated or not, and files of raw blocks. Open reads headers
// only and puts them in a Graph; Best names the blocks of the chain with the
// most work, in order; ReadBlock and FillSpent read those.
//
// The folder is hostile: it may be half written, cut, damaged or made up. What
// is of no use is reported with its file, its offset and a reason, and the rest
// is used all the same. Heights, transactions and signatures are not this
// package's business.
package blkfile
