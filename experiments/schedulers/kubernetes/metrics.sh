# Prints the metrics of the daemon that listens on a port of this node, as far as their names begin with one of
# the words; none is no error. The image has no HTTP client. Arguments: the port, the words.
set -o pipefail
port=$1
shift
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
# Answers to HTTP/1.0 end with the connection.
printf 'GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
words=$(printf '|%s' "$@")
# With thousands of jobs there are thousands of other lines.
tr -d '\r' <&3 | { grep -E "^(${words:1})" || [ $? = 1 ]; }
