# One lane of a user on a cluster with emulated nodes: as submitter.sh, but the job is a description that
# goes to slurmctld through its library, so that no process at all is started for it. Arguments: the run's
# directory, the lane's number, and the file of slurmctld's clock, which is there where that is not the host's.
# A description has a line `key=value` for each field of Slurm's job_desc_msg_t, then, behind an empty line, the
# script of a batch job. Without a script it is an allocation, which nothing runs in. Two fields are ours:
# memory_per_node, in MiB, and begin_after, seconds from now on.
use strict;
use warnings;
use Fcntl qw(O_CREAT O_EXCL O_WRONLY);
use Slurm ':constant';
use Time::HiRes 'time';

my ($directory, $lane, $clock) = @ARGV;
$| = 1;
my ($factor, $origin) = (1, 0);
if (open my $file, '<', $clock) {
    ($factor, $origin) = split ' ', <$file>;
}
my ($uid, $gid) = ($<, (split ' ', $()[0]);

# What ends the lane ends its process group. The start of the group's first process tells it from a later
# group of the same number.
sub stat_fields {
    open my $file, '<', "/proc/$_[0]/stat" or return;
    my $stat = <$file>;
    return split ' ', $stat =~ s/^.*\) //r;
}
my $group = (stat_fields($$))[2];
my $started = (stat_fields($group))[19];
sysopen my $record, "$directory/lanes/$lane", O_CREAT | O_EXCL | O_WRONLY, 0644 or exit 1;
print $record "$group $started\n";
close $record or exit 1;

my $slurm = Slurm::new() or exit 1;

sub seconds { sprintf '%.6f', time }

# Of 64 bits: memory for each core, in MiB, is marked in the highest.
sub description {
    my ($text) = @_;
    my ($fields, $script) = split /\n\n/, $text, 2;
    my %job = map { split /=/, $_, 2 } split /\n/, $fields;
    $job{pn_min_memory} |= 1 << 63 if exists $job{pn_min_memory};
    $job{pn_min_memory} = delete $job{memory_per_node} if exists $job{memory_per_node};
    if (exists $job{begin_after}) {
        $job{begin_time} = int($origin + (time - $origin) * $factor + delete($job{begin_after}) + 0.999999);
    }
    $job{user_id} = $uid;
    $job{group_id} = $gid;
    if (defined $script) {
        $job{script} = $script;
        $job{environment} = {%ENV};
    }
    return \%job;
}

while (my $line = <STDIN>) {
    chomp $line;
    my ($key, $text) = split / /, $line, 2;
    my $claim = "$directory/claims/$key";
    my $file;
    unless (sysopen $file, $claim, O_CREAT | O_EXCL | O_WRONLY, 0644) {
        print "$key claimed\n";
        next;
    }
    syswrite $file, seconds() . "\n";
    $text =~ s/\\(.)/$1 eq 'n' ? "\n" : $1/ge;
    my $job = description($text);
    my $before = seconds();
    my $answer = exists $job->{script} ? $slurm->submit_batch_job($job) : $slurm->allocate_resources($job);
    my $error = $answer ? 0 : $slurm->get_errno();
    my $after = seconds();
    my $words = $answer ? $answer->{job_id} : $slurm->strerror($error) =~ s/\n/; /gr;
    my $code = $answer ? 0 : 1;
    syswrite $file, "$before $after $code $words\n";
    close $file;
    print "$key $before $after $code $words\n";
}
