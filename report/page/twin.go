package page

func (p *picture) twin() string { return "" }
