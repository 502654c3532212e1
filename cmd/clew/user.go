package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

// The address where the server listens if nobody says another.
const listenDefault = "127.0.0.1:8420"

func newUser(e env) *cobra.Command {
	group := newGroup(&cobra.Command{
		Use:   "user",
		Short: "Let people and programs into the server",
	})
	group.AddCommand(newUserLink(e), newUserKey(e))
	return group
}

func newUserLink(e env) *cobra.Command {
	var db, base string
	cmd := &cobra.Command{
		Use:   "link",
		Short: "Print a one-time link to log in with",
		Long: `Prints a link that logs a browser of this machine in. It works once, for 15 minutes, while 'clew serve' runs on the same
database. Whoever has it is in: it is not for mail or chat.`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDB(cmd.Context(), e.dbPath(db), true, func(d *opsdb.DB) error {
				token, err := guardOf(d, false, nil).Issue(cmd.Context(), auth.Owner)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(e.Out, auth.LinkURL(strings.TrimSuffix(base, "/"), token))
				return err
			})
		},
	}
	dbFlag(cmd, &db)
	cmd.Flags().StringVar(&base, "url", "http://"+listenDefault, "where the server is reached")
	return cmd
}

func newUserKey(e env) *cobra.Command {
	var db, scope string
	var life time.Duration
	cmd := &cobra.Command{
		Use:   "key NAME",
		Short: "Make an API key for a program",
		Long: `Makes a key that a program sends as "Authorization: Bearer KEY". It is printed once and stored nowhere; the settings of
the console list keys by name, and revoke them.`,
		Args: exactArgs("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			scopes, err := parseScopes(scope)
			if err != nil {
				return fail(exitUsage, err, helpHint(cmd))
			}
			var ends time.Time
			if life > 0 {
				ends = time.Now().Add(life)
			}
			return withDB(cmd.Context(), e.dbPath(db), true, func(d *opsdb.DB) error {
				_, text, err := guardOf(d, false, nil).MakeKey(cmd.Context(), auth.Owner, args[0], scopes, ends)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(e.Out, text)
				return err
			})
		},
	}
	dbFlag(cmd, &db)
	cmd.Flags().StringVar(&scope, "scope", "read", "what the key may do: read, or read,write")
	cmd.Flags().DurationVar(&life, "life", 0, "how long it is valid, such as 720h (default: until it is revoked)")
	return cmd
}

func parseScopes(s string) (scopes []auth.Scope, err error) {
	for _, word := range strings.Split(s, ",") {
		switch scope := auth.Scope(strings.TrimSpace(word)); scope {
		case auth.ScopeRead, auth.ScopeWrite:
			scopes = append(scopes, scope)
		default:
			return nil, errors.New("--scope: want read, or read,write")
		}
	}
	return scopes, nil
}
