package v1beta1

// QueueAllocationGateKey names the annotation and the scheduling gate of pods that wait for their
// queue. Volcano 1.15 uses it; the newest volcano.sh/apis that is served lacks it.
const QueueAllocationGateKey = "scheduling.volcano.sh/queue-allocation-gate"
