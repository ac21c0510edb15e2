CREATE TABLE `alternatives` (
	`position` integer PRIMARY KEY NOT NULL,
	`message_id` text NOT NULL,
	`index` integer NOT NULL,
	`content` text NOT NULL,
	`unheard` text NOT NULL,
	`is_interrupted` integer NOT NULL,
	`generation` text DEFAULT 'null' NOT NULL,
	`tool_uses` text DEFAULT '[]' NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`message_id`) REFERENCES `messages`(`message_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alternatives_by_message` ON `alternatives` (`message_id`,`index`);--> statement-breakpoint
CREATE TABLE `lorebooks` (
	`position` integer PRIMARY KEY NOT NULL,
	`lorebook_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`is_global` integer NOT NULL,
	`scan_depth` integer NOT NULL,
	`token_budget` integer,
	`is_recursive` integer NOT NULL,
	`is_case_sensitive` integer NOT NULL,
	`matches_whole_words` integer NOT NULL,
	`entries` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lorebooks_by_id` ON `lorebooks` (`lorebook_id`);--> statement-breakpoint
CREATE TABLE `notes` (
	`position` integer PRIMARY KEY NOT NULL,
	`note_id` text NOT NULL,
	`character_id` text NOT NULL,
	`text` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	FOREIGN KEY (`character_id`) REFERENCES `characters`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notes_by_id` ON `notes` (`note_id`);--> statement-breakpoint
CREATE INDEX `notes_by_character` ON `notes` (`character_id`,`position`);--> statement-breakpoint
CREATE TABLE `personas` (
	`position` integer PRIMARY KEY NOT NULL,
	`persona_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`is_default` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `personas_by_id` ON `personas` (`persona_id`);--> statement-breakpoint
CREATE TABLE `prompt_memories` (
	`conversation_id` text PRIMARY KEY NOT NULL,
	`memory` text NOT NULL,
	FOREIGN KEY (`conversation_id`) REFERENCES `conversations`(`conversation_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
DROP INDEX `messages_by_conversation`;--> statement-breakpoint
ALTER TABLE `messages` ADD `is_excluded` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `generation` text DEFAULT 'null' NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `tool_uses` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `alternative_index` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `alternative_count` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `hidden_under` integer REFERENCES alternatives(position) ON DELETE cascade;--> statement-breakpoint
CREATE INDEX `messages_hidden` ON `messages` (`hidden_under`) WHERE hidden_under is not null;--> statement-breakpoint
CREATE INDEX `messages_by_conversation` ON `messages` (`conversation_id`,`hidden_under`,`position`);--> statement-breakpoint
ALTER TABLE `characters` ADD `nickname` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `talkativeness` real DEFAULT 0.5 NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `group_only_greetings` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `creator_notes` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `character_version` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `depth_prompt` text DEFAULT 'null' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `lorebook_ids` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `tools` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `reply_strategy` text DEFAULT 'natural' NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `muted_characters` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `auto_continue_turns` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `persona_id` text REFERENCES personas(persona_id) ON DELETE set null;--> statement-breakpoint
ALTER TABLE `conversations` ADD `author_note` text DEFAULT 'null' NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `lorebook_ids` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `summary` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `conversations` ADD `summary_until` text;