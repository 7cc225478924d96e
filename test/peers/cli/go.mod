// Only to build the command line: it is not taken with `go install`, which refuses a module with replacements.
module commandline

go 1.25.5

require github.com/cyberark/conjur-cli-go v0.2.1-0.20260204091103-e5a2d212f218

// The client that go/go.mod pins; the one that it names itself is not to be had everywhere.
replace github.com/cyberark/conjur-api-go => github.com/cyberark/conjur-api-go v0.15.7
