package opsdb

import (
	"context"
	"database/sql"
)

// pageMax bounds what one list holds.
const pageMax = 1000

// Page says which part of a list is asked for: up to Limit items (0: 100, at
// most 1,000) behind the one whose id is After; empty: from the first.
type Page struct {
	After string
	Limit int
}

// limit bounds what is asked for.
func limit(asked int) int {
	switch {
	case asked <= 0:
		return 100
	case asked > pageMax:
		return pageMax
	}
	return asked
}

// after returns the id that those of a list from the newest back must be less
// than. Ids are small letters and digits.
func (p Page) after() string {
	if p.After == "" {
		return "~"
	}
	return p.After
}

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// scanner is a row or the rows of a query.
type scanner interface{ Scan(into ...any) error }

// list runs a query and reads each row.
func list[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (items []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, explain(err)
		}
		items = append(items, item)
	}
	return items, explain(rows.Err())
}
