// Package lot is the arithmetic of taint: which part of what leaves a place is
// which part of what came in. It knows no chain and no transaction.
package lot
