CREATE TABLE `casts` (
	`conversation_id` text NOT NULL,
	`character_id` text NOT NULL,
	`place` integer NOT NULL,
	PRIMARY KEY(`conversation_id`, `character_id`),
	FOREIGN KEY (`conversation_id`) REFERENCES `conversations`(`conversation_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`character_id`) REFERENCES `characters`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `casts_by_character` ON `casts` (`character_id`);--> statement-breakpoint
CREATE TABLE `characters` (
	`position` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`voice_id` text,
	`color` text,
	`global_roleplay` text NOT NULL,
	`system_prompt` text NOT NULL,
	`description` text NOT NULL,
	`personality` text NOT NULL,
	`scenario` text NOT NULL,
	`first_message` text NOT NULL,
	`message_examples` text NOT NULL,
	`post_history_instructions` text NOT NULL,
	`alternate_greetings` text NOT NULL,
	`image_url` text,
	`images` text NOT NULL,
	`tags` text NOT NULL,
	`is_favourite` integer NOT NULL,
	`is_active` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	FOREIGN KEY (`voice_id`) REFERENCES `voices`(`voice_id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `characters_by_id` ON `characters` (`id`);--> statement-breakpoint
CREATE INDEX `characters_by_voice` ON `characters` (`voice_id`);--> statement-breakpoint
CREATE TABLE `conversations` (
	`position` integer PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`title` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `conversations_by_id` ON `conversations` (`conversation_id`);--> statement-breakpoint
CREATE INDEX `conversations_by_use` ON `conversations` (`updated_at`,`conversation_id`);--> statement-breakpoint
CREATE TABLE `messages` (
	`position` integer PRIMARY KEY NOT NULL,
	`message_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`role` text NOT NULL,
	`name` text NOT NULL,
	`content` text NOT NULL,
	`character_id` text,
	`is_interrupted` integer NOT NULL,
	`unheard` text NOT NULL,
	`is_spoken` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	FOREIGN KEY (`conversation_id`) REFERENCES `conversations`(`conversation_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`character_id`) REFERENCES `characters`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_by_id` ON `messages` (`message_id`);--> statement-breakpoint
CREATE INDEX `messages_by_conversation` ON `messages` (`conversation_id`,`position`);--> statement-breakpoint
CREATE INDEX `messages_by_character` ON `messages` (`character_id`) WHERE character_id is not null;--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `voices` (
	`position` integer PRIMARY KEY NOT NULL,
	`voice_id` text NOT NULL,
	`voice_name` text NOT NULL,
	`method` text NOT NULL,
	`ref_audio` text,
	`ref_text` text,
	`speaker_desc` text NOT NULL,
	`scene_prompt` text NOT NULL,
	`settings` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `voices_by_id` ON `voices` (`voice_id`);