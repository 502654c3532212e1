package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newRoot returns the command tree. Every subcommand is a file of its own that
// offers one newXxx(env), added here.
func newRoot(e env) *cobra.Command {
	root := newGroup(&cobra.Command{
		Use:   "clew",
		Short: "Follow stolen coins across blocks, on a ledger of your own",
		Long: `Clew keeps an exact ledger of a chain on this machine and reads it as of any block.

Exit codes: 0 ok, 1 wrong use, 2 bad or hostile input, 3 source not reachable,
4 ledger damaged, 5 answer incomplete (what there is was written).`,
		// Errors and usage are printed by main, in one form for all commands.
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	})
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	root.SetFlagErrorFunc(flagFailure)
	root.SetHelpCommand(newHelp(root))
	root.AddCommand(
		newAddress(e),
		newBackup(e),
		newCase(e),
		newIngest(e),
		newLedger(e),
		newRestore(e),
		newServe(e),
		newTrace(e),
		newTx(e),
		newUser(e),
		newVersion(e),
		newWatch(e),
	)
	return root
}

// flagFailure reports a flag that is unknown or has a bad value. The flags of
// an unknown command are unknown too; then it is the command that is wrong.
func flagFailure(cmd *cobra.Command, err error) error {
	if before := cmd.Flags().Args(); cmd.HasSubCommands() && len(before) > 0 {
		if unknown := cmd.ValidateArgs(before); unknown != nil {
			return unknown
		}
	}
	return fail(exitUsage, err, helpHint(cmd))
}

// newHelp stands in for cobra's own help command, which calls a word that it
// does not know a success.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Print what a command does",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			switch {
			case err != nil:
				return fail(exitUsage, err, helpHint(root))
			case len(rest) > 0:
				return fail(exitUsage, fmt.Errorf("%s: unknown command %.80q", about.CommandPath(), rest[0]), helpHint(about))
			}
			return about.Help()
		},
	}
}

// newGroup completes a command that only holds others: alone it is help, and
// a word it does not know is wrong use, answered with the nearest words.
func newGroup(cmd *cobra.Command) *cobra.Command {
	cmd.SuggestionsMinimumDistance = 2 // letters to change; cobra's own default is set elsewhere
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := helpHint(cmd)
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			hint = fmt.Sprintf("did you mean '%s %s'?", cmd.CommandPath(), strings.Join(near, "' or '"))
		}
		return fail(exitUsage, fmt.Errorf("%s: unknown command %.80q", cmd.CommandPath(), args[0]), hint)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return cmd.Help() }
	return cmd
}

// exactArgs asks for the named arguments, no more and no fewer.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return fail(exitUsage, fmt.Errorf("%s: %s is missing", cmd.CommandPath(), names[len(args)]), helpHint(cmd))
		case len(args) > len(names):
			return fail(exitUsage, fmt.Errorf("%s: unexpected argument %.80q", cmd.CommandPath(), args[len(names)]), helpHint(cmd))
		}
		return nil
	}
}

func helpHint(cmd *cobra.Command) string {
	return "see '" + cmd.CommandPath() + " --help'"
}
