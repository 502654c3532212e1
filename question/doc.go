// Package question is what a trace is asked and how it is answered, without the
// command or the server that asks: texts of a command line, of a request or of
// a case become a job, and a job is run on a source, asked again where blocks
// were taken back meanwhile.
//
//	q := question.Question{Starts: []string{"bitcoin:TXID"}}
//	n, err := q.Network()                    // nil: any
//	job, err := q.Job(source.Network, nil)   // or with what was read from files
//	answer, err := job.Answer(ctx, source)
//
// It opens no file unless Files.Read is called, and then with the opener given.
package question
