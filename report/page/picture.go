package page

type picture struct{ folded int }

func (v *viewer) picture(i int) *picture { return nil }
func (p *picture) draw() string          { return "" }
func (p *picture) twin() string          { return "" }
