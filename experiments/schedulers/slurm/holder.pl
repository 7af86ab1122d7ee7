# Ends jobs that hold an allocation without a process, each when its time is over. It runs on the controller
# as root for as long as its stdin is open, and then until the run has no job left, so that none is held
# longer than it asked for. Arguments: the run's directory, the name that all jobs of the run begin with, this
# holder's number, and the file of slurmctld's clock, which is there where that is not the host's.
#
# It knows nothing but what slurmctld says: a job's comment has its run time, and the time of its start is
# Slurm's own, in whole seconds. A job that ends just then has exactly that time in Slurm's records. Any
# number of holders may run, and a new one takes up what a lost one left.
use strict;
use warnings;
use Fcntl qw(O_CREAT O_EXCL O_WRONLY);
use IO::Handle;
use IO::Select;
use Slurm ':constant';
use Time::HiRes qw(time sleep);

my ($directory, $prefix, $number, $clock) = @ARGV;
# So often it asks which jobs run, but for no more than a tenth of a core, as long as that is once a second.
my ($least_pause, $most_pause, $share) = (0.2, 1, 0.1);
# slurmctld answers each call by itself; so many at once keep it busy.
my $enders = 4;
# More starts at once are read together instead of one by one.
my $single = 40;
my $again = 1;
# The clock that slurmctld reads whole seconds from comes a tick late.
my $tick = 0.02;
$SIG{PIPE} = 'IGNORE';
# Who is late here makes jobs longer than they are. A container may forbid it.
eval { setpriority 0, 0, -10 };

sub stat_fields {
    open my $file, '<', "/proc/$_[0]/stat" or return;
    my $stat = <$file>;
    return split ' ', $stat =~ s/^.*\) //r;
}
my ($factor, $origin) = (1, 0);
if (open my $file, '<', $clock) {
    ($factor, $origin) = split ' ', <$file>;
}
my $group = (stat_fields($$))[2];
my $started = (stat_fields($group))[19];
sysopen my $record, "$directory/lanes/hold$number", O_CREAT | O_EXCL | O_WRONLY, 0644 or exit 1;
print $record "$group $started\n";
close $record or exit 1;

# Processes that complete the jobs whose numbers they read, and say which of them are over.
my (@to, %from);
for (1 .. $enders) {
    pipe my $orders, my $order or exit 1;
    pipe my $report, my $reports or exit 1;
    my $pid = fork // exit 1;
    if ($pid == 0) {
        close $_ for $order, $report, @to, values %from;
        open STDIN, '<', '/dev/null';
        $reports->autoflush(1);
        my $slurm = Slurm::new() or exit 1;
        while (my $id = <$orders>) {
            chomp $id;
            my $over = $slurm->complete_job($id, 0) == 0
                || $slurm->strerror($slurm->get_errno()) =~ /Invalid job id|already complet/i;
            print $reports "$id ", ($over ? 'over' : 'not'), "\n" or exit;
        }
        exit;
    }
    close $_ for $orders, $reports;
    $order->autoflush(1);
    push @to, $order;
    $from{$report} = $report;
}

my $slurm = Slurm::new() or exit 1;
print "ready\n";
STDOUT->flush();

my %due;    # When jobs that run are over, by their numbers; those that are being completed left out.
my $soonest = 9**9**9;
my %known;  # Jobs that were looked at: those of others, too.
my %unread; # What a process has said of its last line so far.
my $wait = IO::Select->new(\*STDIN, values %from);
my $open = 1;
my ($next_look, $next_count) = (0, 0);

sub take {
    my ($id, $name, $comment, $start) = @_;
    $known{$id} = 1;
    return unless index($name, $prefix) == 0 && $comment =~ /^hold (\d+(?:\.\d+)?)$/;
    due($id, host_time($start + $1) + $tick);
}

# When slurmctld's clock shows this time.
sub host_time {
    my ($at) = @_;
    return $origin + ($at - $origin) / $factor;
}

sub due {
    my ($id, $at) = @_;
    $due{$id} = $at;
    $soonest = $at if $at < $soonest;
}

# Jobs that have begun since the last look.
sub look {
    my @fresh = grep { !$known{$_} } map { /^(\d+) RUNNING$/ ? $1 : () }
        split /\n/, `squeue --only-job-state --noheader --format='%i %T' 2>/dev/null`;
    if (@fresh > $single) {
        my %fresh = map { $_ => 1 } @fresh;
        my $all = `SLURM_TIME_FORMAT=%s squeue --noheader --states=RUNNING --format='%i|%S|%j|%k' 2>/dev/null`;
        for (split /\n/, $all) {
            my ($id, $start, $name, $comment) = split /\|/, $_, 4;
            take($id, $name, $comment, $start) if $fresh{$id};
        }
        return;
    }
    for my $id (@fresh) {
        my $answer = $slurm->load_job($id, 0) or next;
        my ($job) = @{ $answer->{job_array} };
        take($id, $job->{name} // '', $job->{comment} // '', $job->{start_time});
    }
}

# Seconds of a core that this process and its children have used: on a busy host they pass slowly.
sub cpu {
    my $sum = 0;
    $sum += $_ for times;
    return $sum;
}

# Whether a job of the run waits or runs.
sub any_left {
    my $jobs = `squeue --noheader --format=%j 2>/dev/null`;
    return 1 if $? != 0;
    return scalar grep { index($_, $prefix) == 0 } split /\n/, $jobs;
}

while (1) {
    my $now = time;
    if ($now >= $next_look) {
        my $before = cpu();
        look();
        my $pause = (cpu() - $before) / $share;
        $pause = $least_pause if $pause < $least_pause;
        $pause = $most_pause if $pause > $most_pause;
        $next_look = time + $pause;
    }
    if (!$open && $now >= $next_count) {
        last if !any_left();
        $next_count = $now + 5;
    }
    $now = time;
    if ($soonest <= $now) {
        for my $id (grep { $due{$_} <= $now } keys %due) {
            delete $due{$id};
            print { $to[$id % $enders] } "$id\n";
        }
        $soonest = 9**9**9;
        for (values %due) { $soonest = $_ if $_ < $soonest }
    }
    my $pause = ($soonest < $next_look ? $soonest : $next_look) - time;
    for my $ready ($wait->can_read($pause > 0 ? $pause : 0)) {
        my $read = sysread $ready, my $text, 65536;
        if ($ready == \*STDIN) {
            next if $read;
            $wait->remove($ready);
            $open = 0;
            next;
        }
        # One that is gone leaves its jobs to the next holder.
        exit 1 unless $read;
        $unread{$ready} .= $text;
        while ($unread{$ready} =~ s/^(\d+) (\w+)\n//) {
            due($1, time + $again) if $2 ne 'over';
        }
    }
}
