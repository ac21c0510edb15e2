/** "Trpe": lets tools, and us, tell our files from other databases. */
export const APPLICATION_ID = 0x54727065
