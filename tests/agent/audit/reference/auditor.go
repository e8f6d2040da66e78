// SPDX-License-Identifier: GPL-3.0-or-later

// Command auditor checks a log of Earwitness with golang.org/x/mod/sumdb, the reference implementation of its formats.
// No code of Earwitness takes part: notes are opened by sumdb/note, trees and proofs are checked by sumdb/tlog.
//
//	auditor log DIR                           DIR is what `earwitness-agent export-log -o DIR` wrote. The root is
//	                                          recomputed from DIR/leaves and held against DIR/checkpoint, which
//	                                          must be signed by DIR/vkey.
//	auditor inclusion VKEY CHECKPOINT         A proof (`earwitness-agent prove inclusion`) on standard input is held
//	                                          against a signed checkpoint of its size.
//	auditor consistency VKEY OLDER NEWER      The same for `prove consistency`, against two signed checkpoints.
//	auditor proofs DIR                        Many proofs, one a line, are held against roots recomputed from
//	                                          DIR/leaves; each is answered with a line, `accepted` or `refused: …`.
//
// VKEY, CHECKPOINT, OLDER and NEWER are files. Exit code 0: it is so. 1: it is not, and why.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// proof is what `earwitness-agent prove` prints, as far as it is needed here. Its own roots are not believed.
type proof struct {
	Index *int64      `json:"index"`
	Older int64       `json:"older"`
	Size  int64       `json:"size"`
	Leaf  []byte      `json:"leaf"`
	Proof []tlog.Hash `json:"proof"`
}

// checkpoint is a C2SP tlog-checkpoint whose signature has been checked.
type checkpoint struct {
	size int64
	root tlog.Hash
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func run(words []string) error {
	switch {
	case len(words) == 2 && words[0] == "log":
		return checkLog(words[1])
	case len(words) == 2 && words[0] == "proofs":
		return checkProofs(words[1])
	case len(words) == 3 && words[0] == "inclusion":
		return checkInclusion(words[1], words[2])
	case len(words) == 4 && words[0] == "consistency":
		return checkConsistency(words[1], words[2], words[3])
	}
	return errors.New("auditor log DIR | proofs DIR | inclusion VKEY CHECKPOINT | consistency VKEY OLDER NEWER")
}

func checkLog(folder string) error {
	head, err := openCheckpoint(filepath.Join(folder, "vkey"), filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	log, err := readLeaves(filepath.Join(folder, "leaves"))
	if err != nil {
		return err
	}
	if log.size != head.size {
		return fmt.Errorf("%d leaves, and the checkpoint is signed for %d", log.size, head.size)
	}
	root, err := log.root(head.size)
	if err != nil {
		return err
	}
	if root != head.root {
		return fmt.Errorf("the leaves have root %v, and the checkpoint is signed for %v", root, head.root)
	}
	fmt.Println("accepted:", head.size, "leaves, root", root)
	return nil
}

func checkInclusion(vkeyFile, checkpointFile string) error {
	head, err := openCheckpoint(vkeyFile, checkpointFile)
	if err != nil {
		return err
	}
	told, err := readProof(os.Stdin)
	if err != nil {
		return err
	}
	if told.Index == nil || told.Size != head.size {
		return fmt.Errorf("no inclusion proof for a log of %d entries", head.size)
	}
	if err := tlog.CheckRecord(told.Proof, head.size, head.root, *told.Index, tlog.RecordHash(told.Leaf)); err != nil {
		return err
	}
	fmt.Printf("accepted: entry %d of %d is %s\n", *told.Index, head.size, told.Leaf)
	return nil
}

func checkConsistency(vkeyFile, olderFile, newerFile string) error {
	older, err := openCheckpoint(vkeyFile, olderFile)
	if err != nil {
		return err
	}
	newer, err := openCheckpoint(vkeyFile, newerFile)
	if err != nil {
		return err
	}
	told, err := readProof(os.Stdin)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(told.Proof, newer.size, newer.root, older.size, older.root); err != nil {
		return err
	}
	fmt.Printf("accepted: the first %d of %d entries are still those of then\n", older.size, newer.size)
	return nil
}

func checkProofs(folder string) error {
	log, err := readLeaves(filepath.Join(folder, "leaves"))
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		told, err := readProof(strings.NewReader(lines.Text()))
		if err == nil {
			err = log.check(told)
		}
		if err != nil {
			fmt.Println("refused:", err)
		} else {
			fmt.Println("accepted")
		}
	}
	return lines.Err()
}

func openCheckpoint(vkeyFile, checkpointFile string) (head checkpoint, err error) {
	vkey, err := os.ReadFile(vkeyFile)
	if err != nil {
		return head, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return head, err
	}
	signed, err := os.ReadFile(checkpointFile)
	if err != nil {
		return head, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return head, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return head, errors.New("not a checkpoint of the log that the key is for")
	}
	if head.size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return head, err
	}
	head.root, err = tlog.ParseHash(lines[2])
	return head, err
}

func readProof(from io.Reader) (told proof, err error) {
	err = json.NewDecoder(from).Decode(&told)
	return told, err
}

// tree holds the hashes of a log in the order that tlog gives them.
type tree struct {
	size   int64
	hashes []tlog.Hash
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(t.hashes)) {
			return nil, errors.New("the log is not that large")
		}
		found[i] = t.hashes[index]
	}
	return found, nil
}

func (t *tree) root(size int64) (tlog.Hash, error) {
	if size < 1 || size > t.size {
		return tlog.Hash{}, errors.New("the log is not that large")
	}
	return tlog.TreeHash(size, t)
}

func (t *tree) check(told proof) error {
	root, err := t.root(told.Size)
	if err != nil {
		return err
	}
	if told.Index != nil {
		return tlog.CheckRecord(told.Proof, told.Size, root, *told.Index, tlog.RecordHash(told.Leaf))
	}
	older, err := t.root(told.Older)
	if err != nil {
		return err
	}
	return tlog.CheckTree(told.Proof, told.Size, root, told.Older, older)
}

func readLeaves(file string) (*tree, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	grown := &tree{}
	lines := bufio.NewScanner(opened)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		leaf, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			return nil, err
		}
		hashes, err := tlog.StoredHashes(grown.size, leaf, grown)
		if err != nil {
			return nil, err
		}
		grown.hashes = append(grown.hashes, hashes...)
		grown.size++
	}
	return grown, lines.Err()
}
