# Ends the submitters that earlier runs left. Argument: the directory of the runs' directories. Prints
# the number of calls whose answers are not known: their jobs may still come.
open=0 called='' answer=''
for directory in "$1"/*/; do
  # Nothing can be claimed any more once the claims have another name.
  if [ -d "${directory}claims" ]; then mv -T "${directory}claims" "${directory}claims-fenced" || exit 1; fi
  [ -d "${directory}claims-fenced" ] || continue
  for lane in "$directory"lanes/*; do
    if [ -f "$lane" ]; then end_lane "$lane" || exit 1; fi
  done
  for claim in "$directory"claims-fenced/*; do
    [ -f "$claim" ] || continue
    read_claim "$claim"
    if [ "$called" != revoked ] && [ -z "$answer" ]; then open=$((open + 1)); fi
  done
done
echo "$open"
