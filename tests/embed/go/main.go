// Asks Stocktake for an inventory and takes it asset by asset, as a ledger in Go would.
//
//	go run . stocktake-plugin < request.json > response.json
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

type asset struct {
	Kind string `json:"external_kind"`
	ID   string `json:"external_id"`
}

func main() {
	plugin := exec.Command(os.Args[1])
	plugin.Stdin, plugin.Stderr = os.Stdin, os.Stderr
	stdout, err := plugin.StdoutPipe()
	check(err)
	check(plugin.Start())
	check(read(io.TeeReader(stdout, os.Stdout)))
	check(plugin.Wait()) // Fails unless the response is without errors.
}

// The document is read as it comes: an inventory need not fit into memory.
func read(response io.Reader) error {
	counts := map[string]int{}
	decoder := json.NewDecoder(response)
	_, err := decoder.Token() // {
	for err == nil && decoder.More() {
		var name json.Token
		if name, err = decoder.Token(); err != nil {
			break
		}
		if name != "assets" {
			err = decoder.Decode(new(json.RawMessage))
			continue
		}
		_, err = decoder.Token() // [
		for err == nil && decoder.More() {
			var one asset
			err = decoder.Decode(&one)
			counts[one.Kind]++
		}
		if err == nil {
			_, err = decoder.Token() // ]
		}
	}
	if err == nil {
		fmt.Fprintln(os.Stderr, counts)
		_, err = io.Copy(io.Discard, response)
	}
	return err
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
