package main

import (
	"strconv"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// pagingCollector adds to the simulator's collector what a vCenter does with maxObjects: a page, a token, and the calls
// that continue or cancel.
type pagingCollector struct {
	simulator.PropertyCollector
}

// remainder is what a session has not fetched yet.
type remainder struct {
	objects []types.ObjectContent
	size    int
}

type remainderKey struct{ session, token string }

// The simulator makes a collector per session, and two when a session's first calls overlap: the state is kept here,
// by session, and not in the collector.
var (
	remaindersMutex sync.Mutex
	remainders      = make(map[remainderKey]remainder)
	lastToken       int
)

// addPaging replaces the model's collector; the simulator clones the type it finds there for each session.
func addPaging(model *simulator.Model) {
	collector := new(pagingCollector)
	collector.Self = model.ServiceContent.PropertyCollector
	simulator.Map.Put(collector)
}

// RetrievePropertiesEx answers with the first page.
func (collector *pagingCollector) RetrievePropertiesEx(ctx *simulator.Context, request *types.RetrievePropertiesEx) soap.HasFault {
	reply := collector.PropertyCollector.RetrievePropertiesEx(ctx, request)
	body, ok := reply.(*methods.RetrievePropertiesExBody)
	size := int(request.Options.MaxObjects)
	if !ok || body.Res == nil || ctx.Session == nil || size <= 0 {
		return reply
	}
	result := body.Res.Returnval
	result.Objects, result.Token = cut(ctx.Session.Key, remainder{result.Objects, size})
	return body
}

// ContinueRetrievePropertiesEx answers with the next page.
func (collector *pagingCollector) ContinueRetrievePropertiesEx(ctx *simulator.Context, request *types.ContinueRetrievePropertiesEx) soap.HasFault {
	body := new(methods.ContinueRetrievePropertiesExBody)
	rest, ok := take(ctx.Session.Key, request.Token)
	if !ok {
		body.Fault_ = unknownToken()
		return body
	}
	response := new(types.ContinueRetrievePropertiesExResponse)
	response.Returnval.Objects, response.Returnval.Token = cut(ctx.Session.Key, rest)
	body.Res = response
	return body
}

// CancelRetrievePropertiesEx forgets the pages not fetched.
func (collector *pagingCollector) CancelRetrievePropertiesEx(ctx *simulator.Context, request *types.CancelRetrievePropertiesEx) soap.HasFault {
	body := new(methods.CancelRetrievePropertiesExBody)
	if _, ok := take(ctx.Session.Key, request.Token); !ok {
		body.Fault_ = unknownToken()
		return body
	}
	body.Res = new(types.CancelRetrievePropertiesExResponse)
	return body
}

// cut gives the first page of what remains, and a token for the others if there are any.
func cut(session string, rest remainder) ([]types.ObjectContent, string) {
	if len(rest.objects) <= rest.size {
		return rest.objects, ""
	}
	remaindersMutex.Lock()
	defer remaindersMutex.Unlock()
	lastToken++
	token := strconv.Itoa(lastToken)
	remainders[remainderKey{session, token}] = remainder{rest.objects[rest.size:], rest.size}
	return rest.objects[:rest.size], token
}

// take gives what remains under a token, once.
func take(session, token string) (remainder, bool) {
	remaindersMutex.Lock()
	defer remaindersMutex.Unlock()
	key := remainderKey{session, token}
	rest, ok := remainders[key]
	delete(remainders, key)
	return rest, ok
}

func unknownToken() *soap.Fault {
	return simulator.Fault("A specified parameter was not correct: token", &types.InvalidArgument{InvalidProperty: "token"})
}
