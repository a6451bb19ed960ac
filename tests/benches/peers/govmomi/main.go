// Command govmomi lists an inventory with govmomi as its examples show: a ContainerView and RetrieveProperties.
//
//	govmomi PROPERTIES
//
// BENCH_URL, BENCH_USERNAME, BENCH_PASSWORD and BENCH_CA_FILE name the server and the account. PROPERTIES is a JSON file:
// {type: [property, ...]}. Prints how many objects there were.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/url"
	"os"

	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	properties := make(map[string][]string)
	text, err := os.ReadFile(os.Args[1])
	check(err)
	check(json.Unmarshal(text, &properties))

	address, err := url.Parse(os.Getenv("BENCH_URL") + "/sdk")
	check(err)
	transport := soap.NewClient(address, false)
	check(transport.SetRootCAs(os.Getenv("BENCH_CA_FILE")))
	client, err := vim25.NewClient(ctx, transport)
	check(err)
	manager := session.NewManager(client)
	user := url.UserPassword(os.Getenv("BENCH_USERNAME"), os.Getenv("BENCH_PASSWORD"))
	check(manager.Login(ctx, user))

	objects, err := retrieve(ctx, client, properties)
	check(err)
	fmt.Println(len(objects))
	check(manager.Logout(ctx))
}

// retrieve is what view.ContainerView.Retrieve does, with the properties of each type.
func retrieve(ctx context.Context, client *vim25.Client, properties map[string][]string) ([]types.ObjectContent, error) {
	var kinds []string
	var sets []types.PropertySpec
	for kind, paths := range properties {
		kinds = append(kinds, kind)
		sets = append(sets, types.PropertySpec{Type: kind, PathSet: paths})
	}
	container, err := view.NewManager(client).CreateContainerView(ctx, client.ServiceContent.RootFolder, kinds, true)
	if err != nil {
		return nil, err
	}
	defer container.Destroy(ctx)
	start := types.ObjectSpec{
		Obj:  container.Reference(),
		Skip: types.NewBool(true),
		SelectSet: []types.BaseSelectionSpec{
			&types.TraversalSpec{Type: container.Reference().Type, Path: "view"},
		},
	}
	reply, err := property.DefaultCollector(client).RetrieveProperties(ctx, types.RetrieveProperties{
		SpecSet: []types.PropertyFilterSpec{{ObjectSet: []types.ObjectSpec{start}, PropSet: sets}},
	})
	if err != nil {
		return nil, err
	}
	return reply.Returnval, nil
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
