# Prints the metrics of the daemon that listens on a port of this node, as far as their names begin with one of
# the words. The image has no HTTP client. Arguments: the port, the words.
set -o pipefail
port=$1
shift
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
words=("${@/#/^}")
# With thousands of jobs there are thousands of other lines.
tr -d '\r' <&3 | grep -E "$(IFS='|' && echo "${words[*]}")"
