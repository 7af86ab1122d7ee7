/** What the bootstrap names in Slurm's database by itself. */

/** The QOS that every user has, and that jobs have which name none. */
export const normalQos = "normal";
/** The QOS of the users whose jobs preempt those of others. */
export const preemptingQos = "urgent";
/** The account that all users belong to, and that jobs have which name none. */
export const commonAccount = "workload";
