// Package auth decides who may ask the server what: one-time links that begin
// a session, sessions in a browser's cookie, API keys for programs, and the
// rules that a request must keep before anyone looks at what it asks.
//
// There is one user today, the owner. Users, roles and passkeys have their
// place in Principal and in the stores; nothing here assumes a single user.
//
// Secrets are 256 random bits. A store holds their SHA-256 and never the
// secret: a hash of that much chance needs no salt and no slow function, and
// who reads the database can not log in with it.
package auth
