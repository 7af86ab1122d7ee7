#!/bin/bash
# Notes that slurmctld wants nodes to be suspended or resumed, as the name of this file says: the time, the
# name, and the nodes in Slurm's notation. Called as Slurm's own user; one line is one write.
printf '%s %s %s\n' "$EPOCHREALTIME" "${0##*/}" "$1" >>/var/log/slurm/power.log
