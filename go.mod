module clew.example/clew

go 1.26

require golang.org/x/sys v0.38.0

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/rogpeppe/go-internal v1.14.1 // indirect
	github.com/spf13/cobra v1.10.1 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	golang.org/x/crypto v0.45.0
	golang.org/x/tools v0.26.0 // indirect
)
