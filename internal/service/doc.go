// Package service is what a long-running command owes the machine that it runs
// on: it tells the service manager that it is ready, alive and ending, and
// serves its figures to who collects them.
package service
