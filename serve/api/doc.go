// Package api is the HTTP interface of the server: what it is asked under
// /v1, the OpenAPI document that says so, and the pages and figures beside it.
//
// Each answer about a chain is the document that the command line prints with
// --json. What an answer needs (ledgers, traces, cases) the package asks
// through small interfaces that it declares; who may ask is package auth's.
package api
