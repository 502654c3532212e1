package trace

// chunkBits: a list grows by 2^14 elements at a time. One slice that doubles
// spent a quarter of a large trace on moving what it held.
const (
	chunkBits = 14
	chunkSize = 1 << chunkBits
)

// list is a sequence that grows at its end without moving what it holds, but
// for its first chunk, which begins small.
type list[T any] struct {
	chunks [][]T
	n      int
}

func (l *list[T]) len() int { return l.n }

// at returns an element; it stays where it is until the list is cut below it
// or, in the first chunk, grows.
func (l *list[T]) at(i int) *T { return &l.chunks[i>>chunkBits][i&(chunkSize-1)] }

func (l *list[T]) push(x T) {
	c := l.n >> chunkBits
	if c == len(l.chunks) {
		room := chunkSize
		if c == 0 {
			room = 16
		}
		l.chunks = append(l.chunks, make([]T, 0, room))
	}
	l.chunks[c] = append(l.chunks[c], x)
	l.n++
}

// cut drops the elements from n on.
func (l *list[T]) cut(n int) {
	for len(l.chunks)<<chunkBits > n && len(l.chunks) > 0 {
		last := len(l.chunks) - 1
		if keep := n - last<<chunkBits; keep > 0 {
			l.chunks[last] = l.chunks[last][:keep]
			break
		}
		l.chunks = l.chunks[:last]
	}
	l.n = n
}
