package esplora

import (
	"context"
	"sync"
)

// cell is something that is being fetched, or was.
type cell[T any] struct {
	done chan struct{} // closed when val and err stand
	val  T
	err  error
}

// wait returns what was fetched. The fetching goes on when ctx ends.
func (c *cell[T]) wait(ctx context.Context) (T, error) {
	select {
	case <-c.done:
		return c.val, c.err
	default:
	}
	select {
	case <-c.done:
		return c.val, c.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// memo fetches each thing once, however many ask for it. What failed is
// forgotten, so that it can be asked for again.
type memo[K comparable, T any] struct {
	mu    sync.Mutex // guards cells
	cells map[K]*cell[T]
}

// start returns the cell of a key and has it fetched if nobody did so far.
func (m *memo[K, T]) start(v *View, key K, fetch func(context.Context) (T, error)) *cell[T] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.cells[key]; c != nil {
		return c
	}
	c := &cell[T]{done: make(chan struct{})}
	spawned := v.spawn(func() {
		if c.val, c.err = fetch(v.ctx); c.err != nil {
			m.drop(key, c)
		}
		close(c.done)
	})
	if !spawned {
		c.err = context.Canceled
		close(c.done)
		return c
	}
	m.keep(key, c)
	return c
}

// put makes something known that came with something else.
func (m *memo[K, T]) put(key K, val T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cells[key] == nil {
		c := &cell[T]{done: make(chan struct{}), val: val}
		close(c.done)
		m.keep(key, c)
	}
}

func (m *memo[K, T]) keep(key K, c *cell[T]) {
	if m.cells == nil {
		m.cells = map[K]*cell[T]{}
	}
	m.cells[key] = c
}

func (m *memo[K, T]) drop(key K, c *cell[T]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cells[key] == c {
		delete(m.cells, key)
	}
}
