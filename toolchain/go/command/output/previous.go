package output

const (
	// PreviousStdout names the variable that holds what the run before printed.
	PreviousStdout = "PULUMI_COMMAND_STDOUT"
	// PreviousStderr is its counterpart for standard error.
	PreviousStderr = "PULUMI_COMMAND_STDERR"
)

// Previous gives NAME=value for each stream of the run before that is not empty.
func Previous(stdout, stderr string) []string {
	var variables []string
	if stdout != "" {
		variables = append(variables, PreviousStdout+"="+stdout)
	}
	if stderr != "" {
		variables = append(variables, PreviousStderr+"="+stderr)
	}
	return variables
}
