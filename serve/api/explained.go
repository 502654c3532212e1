package api

import "clew.example/clew/serve/auth"

// explained says, on the page of the documentation, what each code of a problem
// means and what to do about it: the type of a problem leads here.
var explained = []struct{ Code, Meaning string }{
	{codeInvalid, "Something that was sent can not be: errors name the places. Mend it and send it again."},
	{codeMedia, "The body is of a type that this operation does not read: send application/json, or what it says."},
	{auth.CodeBodyTooLong, "The body is longer than the operation takes."},
	{codeNotFound, "There is no such thing, or the server does not serve its chain."},
	{codeMethod, "The path knows other methods: Allow names them."},
	{codePath, "The path is not in its plain form."},
	{codeConflict, "It was changed since it was read, or is in a state that does not allow this. Read it again."},
	{codePending, "The same request, by its Idempotency-Key, is still being answered. Send it again later."},
	{codeReused, "The Idempotency-Key was used for another request. Take a new one."},
	{codeMoved, "Blocks were taken back while it was answered, or since. Ask again."},
	{codeTooLarge, "What was asked for is larger than the server makes. Ask for less."},
	{codeFull, "The server's disk is full. Nothing of this change was kept."},
	{codeUnavailable, "The server is starting, stopping or waiting for something. Retry-After says when to ask again."},
	{codeInternal, "The server failed. Its log says more under request_id."},
	{auth.CodeNoLogin, "Nobody is logged in: open a one-time link, or send an API key."},
	{auth.CodeSession, "The session has ended. Log in again."},
	{auth.CodeLink, "The one-time link was used, or is too old. 'clew user link' prints another."},
	{auth.CodePeer, "One-time links are for the machine that the server runs on. Elsewhere use an API key."},
	{auth.CodeKey, "The API key is not known, has ended or was revoked."},
	{auth.CodeScope, "The key may not do this: it needs the scope write."},
	{auth.CodeCSRF, "A session's write needs the header X-Clew-Csrf with the token that GET /v1/session gives."},
	{auth.CodeOrigin, "A page of another origin may not write here."},
	{auth.CodeHost, "The server does not go by this name. Call it by a loopback name, or start it with --host."},
	{auth.CodeRate, "Too many requests in a while. Retry-After says when to go on."},
	{auth.CodeBusy, "Too many requests at a time. Retry-After says when to try again."},
}
