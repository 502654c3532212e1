package auth

import "net/http"

// headers stand on every answer. The policy lets an answer load and run
// nothing, which is right for JSON; a handler that serves pages sets its own.
var headers = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY", // for browsers that do not know frame-ancestors
	"Referrer-Policy":              "no-referrer",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-store", // what was asked in a case is nobody else's
}

// transportSecurity makes browsers come back over TLS for a year (RFC 6797).
const transportSecurity = "max-age=31536000"

// Headers sets the headers of every answer before h sees the request.
func (g *Guard) Headers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if g.o.TLS {
			w.Header().Set("Strict-Transport-Security", transportSecurity)
		}
		h.ServeHTTP(w, r)
	})
}

// Admit lets through what names our host and, for a write, comes from our
// origin.
func (g *Guard) Admit(h http.Handler, deny Deny) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := g.CheckHost(r)
		if err == nil {
			err = g.CheckOrigin(r)
		}
		if d, ok := err.(*Denial); ok {
			deny(w, r, d)
			return
		}
		h.ServeHTTP(w, r)
	})
}
