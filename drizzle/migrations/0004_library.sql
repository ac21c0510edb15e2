CREATE TABLE `message_originals` (
	`message_id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	FOREIGN KEY (`message_id`) REFERENCES `messages`(`message_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `originals` (
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`format` text NOT NULL,
	`file_name` text NOT NULL,
	`hash` text NOT NULL,
	`source` text NOT NULL,
	`report` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`kind`, `id`)
);
--> statement-breakpoint
ALTER TABLE `characters` ADD `creator` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `speaking` text DEFAULT '{"narration":"own","narration_voice_id":null,"actions":"silent","actions_voice_id":null,"pronunciations":[],"language":""}' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `deleted_at` text;--> statement-breakpoint
ALTER TABLE `conversations` ADD `is_archived` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `deleted_at` text;--> statement-breakpoint
ALTER TABLE `lorebooks` ADD `revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `lorebooks` ADD `deleted_at` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `deleted_at` text;--> statement-breakpoint
ALTER TABLE `personas` ADD `image_url` text;--> statement-breakpoint
ALTER TABLE `personas` ADD `revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `personas` ADD `deleted_at` text;--> statement-breakpoint
ALTER TABLE `voices` ADD `revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `voices` ADD `deleted_at` text;