/** Long enough to be interrupted. */
export const STORY = `Once upon an evening, when autumn rain was drumming against every window, old Martha opened her
 creaking door and found nobody there. Only a lantern stood upon those worn steps, burning blue instead of yellow,
 with three silver keys beneath its handle. She had seen such light before: forty years ago, far beyond these hills,
 where one brother vanished during winter. Carefully lifting it, she took coat plus stick, called sleepy Bruno from
 his basket, then walked down towards the harbour. Fishermen were hauling boats ashore; none would look at what
 Martha carried. "Which gate?" asked somebody behind. Turning, she saw two children, dripping wet, smiling as if they
 knew everything about lost things. "That depends," came an answer, "on who is waiting." Both pointed out across dark
 water, whereupon something distant rang, clear like glass.`
