set -euo pipefail
# Functions of the bootstrap steps' scripts. A service is restarted when it does not run, or when its
# files are not those it was last started with; that is noted in /run, so that a step which was cut off
# between the two is made good by the next. Only links to units change, so systemd need not read them
# anew, and its advice to do so is not shown.

# Writes standard input to a file whole, and only when it differs. Arguments: path, mode, user:group.
put() {
  local new="$1.schedlab-new"
  mkdir -p "${1%/*}"
  (umask 077 && cat >"$new")
  chown "$3" "$new"
  chmod "$2" "$new"
  if cmp -s "$new" "$1"; then rm "$new"; else mv "$new" "$1"; fi
}
# What files hold, in a word.
fingerprint() { cat -- "$@" | sha256sum; }
# (Re)starts a service when needed. Arguments: its name, its log, the files it is started with. Sets
# `restarted` to yes when it did.
run_with() {
  local service="$1" log="$2" wanted told
  shift 2
  wanted="$(fingerprint "$@")"
  mkdir -p /run/schedlab
  if systemctl is-active -q "$service" && [ "$(cat "/run/schedlab/$service" 2>/dev/null)" = "$wanted" ]; then return; fi
  # shellcheck disable=SC2034 # The step of slurmctld reads it.
  restarted=yes
  systemctl enable -q --no-reload "$service"
  told="$(systemctl restart "$service" 2>&1)" || give_up "$service does not start: $told" "$service" "$log"
  printf '%s\n' "$wanted" >"/run/schedlab/$service"
}
# Ends the step with a message, the end of a service's journal and of its log.
give_up() {
  {
    echo "$1:"
    journalctl -q --no-pager -n 20 -u "$2" || true
    tail -n 20 "$3" || true
  } >&2
  exit 1
}
# Waits until a command succeeds; gives up at once when the service has ended. Arguments: the service,
# its log, seconds, the command.
await_answer() {
  local service="$1" log="$2" seconds="$3" deadline
  shift 3
  deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    systemctl is-active -q "$service" || give_up "$service ended" "$service" "$log"
    [ "$SECONDS" -lt "$deadline" ] || give_up "$service did not answer within $seconds s" "$service" "$log"
    sleep 0.1
  done
}
# Writes munge's key, which comes on standard input in base64. munged refuses keys under 32 bytes, less
# plainly.
put_munge_key() {
  local key=/etc/munge/munge.key
  base64 -d | put "$key" 0400 munge:munge
  [ "$(stat -c %s "$key")" -ge 32 ] || {
    echo "no munge key came on standard input" >&2
    exit 1
  }
}
put_munge_key
put /etc/hosts 0644 root:root <<'SCHEDLAB_END_OF_FILE'
127.0.0.1 localhost
::1 localhost
10.77.0.10 controller
10.77.0.11 node01
10.77.0.12 node02
10.77.0.91 gpu01
10.77.0.179 z01
10.77.0.180 z02
SCHEDLAB_END_OF_FILE
# Makes users with their groups and homes. One call of systemd-sysusers makes all of them, because
# useradd's 30 ms a user add up on an emulated node. Users that are no longer in the workload stay.
# Arguments: the first user's id, then the users' names.
make_users() {
  local id="$1" name
  shift
  for name; do
    printf 'g %s %d\nu %s %d:%d "schedlab" /home/%s /bin/bash\n' "$name" "$id" "$name" "$id" "$id" "$name"
    id=$((id + 1))
  done | SYSTEMD_LOG_LEVEL=warning systemd-sysusers -
  for name; do
    [ -d "/home/$name" ] || install -d -m 0700 -o "$name" -g "$name" "/home/$name"
  done
}
make_users 20001 user01 user02 user03
install -d -m 0755 -o slurm -g slurm /var/log/slurm /var/lib/slurm
run_with munge /var/log/munge/munged.log /etc/munge/munge.key
install -d -m 0755 /var/lib/schedlab /var/lib/slurm/slurmd
touch /var/lib/schedlab/gpu{0..15}
put /usr/local/lib/schedlab/slurmds 0644 root:root <<'SCHEDLAB_END_OF_FILE'
# Runs the slurmd of the nodes that a domain emulates, for as long as this runs; one that ends is started
# again. Arguments: a file with the names of the nodes, a line each, and slurmctld's address. systemd ends all of
# them with this script.
controller=$2
mapfile -t names <"$1"
# Each start takes some 20 ms of a core. A slurmd has begun when it has written its file.
most_starting=16
begun=/run/slurm
restart_seconds=1

declare -A node_of=()
start() {
  MALLOC_ARENA_MAX=1 /usr/sbin/slurmd -D -N "$1" --conf-server "$controller" </dev/null >/dev/null 2>&1 &
  node_of[$!]=$1
}
starting() {
  local files=("$begun"/*.pid)
  [ -e "${files[0]}" ] || files=()
  [ $((${#node_of[@]} - ${#files[@]})) -ge "$most_starting" ]
}

rm -f "$begun"/*.pid
for name in "${names[@]}"; do
  start "$name"
  # One that cannot begin must not keep the others waiting.
  for ((looks = 0; looks < 100; looks++)); do
    starting || break
    sleep 0.02
  done
done
while wait -n -p ended; [ -n "${ended:-}" ]; do
  node=${node_of[$ended]}
  unset "node_of[$ended]" ended
  echo "the slurmd of $node ended and is started again" >&2
  sleep "$restart_seconds"
  rm -f "$begun/$node.pid"
  start "$node"
done
SCHEDLAB_END_OF_FILE
put /usr/local/lib/schedlab/slurmds.names 0644 root:root <<'SCHEDLAB_END_OF_FILE'
node02-0001
node02-0002
node02-0003
node02-0004
node02-0005
node02-0006
node02-0007
node02-0008
node02-0009
node02-0010
node02-0011
node02-0012
node02-0013
node02-0014
node02-0015
node02-0016
node02-0017
node02-0018
node02-0019
node02-0020
node02-0021
node02-0022
node02-0023
node02-0024
node02-0025
node02-0026
node02-0027
node02-0028
node02-0029
node02-0030
node02-0031
node02-0032
node02-0033
node02-0034
node02-0035
node02-0036
node02-0037
node02-0038
node02-0039
node02-0040
node02-0041
node02-0042
node02-0043
node02-0044
node02-0045
node02-0046
node02-0047
node02-0048
node02-0049
node02-0050
node02-0051
node02-0052
node02-0053
node02-0054
node02-0055
node02-0056
node02-0057
node02-0058
node02-0059
node02-0060
node02-0061
node02-0062
node02-0063
node02-0064
node02-0065
node02-0066
node02-0067
node02-0068
node02-0069
node02-0070
node02-0071
node02-0072
node02-0073
node02-0074
node02-0075
node02-0076
node02-0077
node02-0078
node02-0079
node02-0080
node02-0081
node02-0082
node02-0083
node02-0084
node02-0085
node02-0086
node02-0087
node02-0088
node02-0089
node02-0090
node02-0091
node02-0092
node02-0093
node02-0094
node02-0095
node02-0096
node02-0097
node02-0098
node02-0099
node02-0100
node02-0101
node02-0102
node02-0103
node02-0104
node02-0105
node02-0106
node02-0107
node02-0108
node02-0109
node02-0110
node02-0111
node02-0112
node02-0113
node02-0114
node02-0115
node02-0116
node02-0117
node02-0118
node02-0119
node02-0120
node02-0121
node02-0122
node02-0123
node02-0124
node02-0125
node02-0126
node02-0127
node02-0128
node02-0129
node02-0130
node02-0131
node02-0132
node02-0133
node02-0134
node02-0135
node02-0136
node02-0137
node02-0138
node02-0139
node02-0140
node02-0141
node02-0142
node02-0143
node02-0144
node02-0145
node02-0146
node02-0147
node02-0148
node02-0149
node02-0150
node02-0151
node02-0152
node02-0153
node02-0154
node02-0155
node02-0156
node02-0157
node02-0158
node02-0159
node02-0160
node02-0161
node02-0162
node02-0163
node02-0164
node02-0165
node02-0166
node02-0167
node02-0168
node02-0169
node02-0170
node02-0171
node02-0172
node02-0173
node02-0174
node02-0175
node02-0176
node02-0177
node02-0178
node02-0179
node02-0180
node02-0181
node02-0182
node02-0183
node02-0184
node02-0185
node02-0186
node02-0187
node02-0188
node02-0189
node02-0190
node02-0191
node02-0192
node02-0193
node02-0194
node02-0195
node02-0196
node02-0197
node02-0198
node02-0199
node02-0200
node02-0201
node02-0202
node02-0203
node02-0204
node02-0205
node02-0206
node02-0207
node02-0208
node02-0209
node02-0210
node02-0211
node02-0212
node02-0213
node02-0214
node02-0215
node02-0216
node02-0217
node02-0218
node02-0219
node02-0220
node02-0221
node02-0222
node02-0223
node02-0224
node02-0225
node02-0226
node02-0227
node02-0228
node02-0229
node02-0230
node02-0231
node02-0232
node02-0233
node02-0234
node02-0235
node02-0236
node02-0237
node02-0238
node02-0239
node02-0240
node02-0241
node02-0242
node02-0243
node02-0244
node02-0245
node02-0246
node02-0247
node02-0248
node02-0249
node02-0250
node02-0251
node02-0252
node02-0253
node02-0254
node02-0255
node02-0256
node02-0257
node02-0258
node02-0259
node02-0260
node02-0261
node02-0262
node02-0263
node02-0264
node02-0265
node02-0266
node02-0267
node02-0268
node02-0269
node02-0270
node02-0271
node02-0272
node02-0273
node02-0274
node02-0275
node02-0276
node02-0277
node02-0278
node02-0279
node02-0280
node02-0281
node02-0282
node02-0283
node02-0284
node02-0285
node02-0286
node02-0287
node02-0288
node02-0289
node02-0290
node02-0291
node02-0292
node02-0293
node02-0294
node02-0295
node02-0296
node02-0297
node02-0298
node02-0299
node02-0300
node02-0301
node02-0302
node02-0303
node02-0304
node02-0305
node02-0306
node02-0307
node02-0308
node02-0309
node02-0310
node02-0311
node02-0312
node02-0313
node02-0314
node02-0315
node02-0316
node02-0317
node02-0318
node02-0319
node02-0320
node02-0321
node02-0322
node02-0323
node02-0324
node02-0325
node02-0326
node02-0327
node02-0328
node02-0329
node02-0330
node02-0331
node02-0332
node02-0333
node02-0334
node02-0335
node02-0336
node02-0337
node02-0338
node02-0339
node02-0340
node02-0341
node02-0342
node02-0343
node02-0344
node02-0345
node02-0346
node02-0347
node02-0348
node02-0349
node02-0350
node02-0351
node02-0352
node02-0353
node02-0354
node02-0355
node02-0356
node02-0357
node02-0358
node02-0359
node02-0360
node02-0361
node02-0362
node02-0363
node02-0364
node02-0365
node02-0366
node02-0367
node02-0368
node02-0369
node02-0370
node02-0371
node02-0372
node02-0373
node02-0374
node02-0375
node02-0376
node02-0377
node02-0378
node02-0379
node02-0380
node02-0381
node02-0382
node02-0383
node02-0384
node02-0385
node02-0386
node02-0387
node02-0388
node02-0389
node02-0390
node02-0391
node02-0392
node02-0393
node02-0394
node02-0395
node02-0396
node02-0397
node02-0398
node02-0399
node02-0400
node02-0401
node02-0402
node02-0403
node02-0404
node02-0405
node02-0406
node02-0407
node02-0408
node02-0409
node02-0410
node02-0411
node02-0412
node02-0413
node02-0414
node02-0415
node02-0416
node02-0417
node02-0418
node02-0419
node02-0420
node02-0421
node02-0422
node02-0423
node02-0424
node02-0425
node02-0426
node02-0427
node02-0428
node02-0429
node02-0430
node02-0431
node02-0432
node02-0433
node02-0434
node02-0435
node02-0436
node02-0437
node02-0438
node02-0439
node02-0440
node02-0441
node02-0442
node02-0443
node02-0444
node02-0445
node02-0446
node02-0447
node02-0448
node02-0449
node02-0450
node02-0451
node02-0452
node02-0453
node02-0454
node02-0455
node02-0456
node02-0457
node02-0458
node02-0459
node02-0460
node02-0461
node02-0462
node02-0463
node02-0464
node02-0465
node02-0466
node02-0467
node02-0468
node02-0469
node02-0470
node02-0471
node02-0472
node02-0473
node02-0474
node02-0475
node02-0476
node02-0477
node02-0478
node02-0479
node02-0480
node02-0481
node02-0482
node02-0483
node02-0484
node02-0485
node02-0486
node02-0487
node02-0488
node02-0489
node02-0490
node02-0491
node02-0492
node02-0493
node02-0494
node02-0495
node02-0496
node02-0497
node02-0498
node02-0499
node02-0500
SCHEDLAB_END_OF_FILE
put /etc/systemd/system/schedlab-slurmds.service 0644 root:root <<'SCHEDLAB_END_OF_FILE'
# NodeName=node02-[0001-0500] NodeHostname=node02 NodeAddr=10.77.0.12 Port=[17001-17500] CPUs=32 Boards=1 SocketsPerBoard=1 CoresPerSocket=32 ThreadsPerCore=1 RealMemory=114688 State=UNKNOWN
[Unit]
Description=Slurm node daemons of emulated nodes
After=network.target munge.service
Upholds=munge.service
StartLimitIntervalSec=0

[Service]
RuntimeDirectory=slurm
RuntimeDirectoryMode=0755
ExecStart=/bin/bash /usr/local/lib/schedlab/slurmds /usr/local/lib/schedlab/slurmds.names 10.77.0.10:6817
KillMode=control-group
TimeoutStopSec=20
Restart=always
RestartSec=1
LimitNOFILE=131072
LimitMEMLOCK=infinity
LimitSTACK=infinity
Delegate=yes
TasksMax=infinity

[Install]
WantedBy=multi-user.target
SCHEDLAB_END_OF_FILE
systemctl daemon-reload
run_with schedlab-slurmds /dev/null /usr/local/lib/schedlab/slurmds /usr/local/lib/schedlab/slurmds.names /etc/systemd/system/schedlab-slurmds.service /etc/munge/munge.key
