using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Orrery.Simulation.Machines.Execution;

/// <summary>
/// Something that a simulated machine does and that may take virtual time. It is no task: nothing of it ever runs on
/// another thread; whoever ends the wait runs what follows, at once and in the order of waiting.
/// </summary>
[AsyncMethodBuilder(typeof(WorkBuilder<>))]
internal sealed class Work<T> : INotifyCompletion
{
    private Action? _followers;
    private ExceptionDispatchInfo? _failure;
    private T? _result;

    public bool IsCompleted { get; private set; }

    public Work<T> GetAwaiter() => this;

    public T GetResult()
    {
        _failure?.Throw();
        return IsCompleted ? _result! : throw new InvalidOperationException("the work goes on");
    }

    public void OnCompleted(Action continuation)
    {
        if (IsCompleted)
            continuation();
        else
            _followers += continuation;
    }

    /// <summary>Ends it; the second end of two is ignored.</summary>
    public void Complete(T result)
    {
        _result = IsCompleted ? _result : result;
        End();
    }

    public void Fail(Exception exception)
    {
        _failure = IsCompleted ? _failure : ExceptionDispatchInfo.Capture(exception);
        End();
    }

    private void End()
    {
        if (IsCompleted)
            return;
        IsCompleted = true;
        var followers = _followers;
        _followers = null;
        followers?.Invoke();
    }
}

/// <summary>What the compiler uses to make an async method that returns <see cref="Work{T}"/>.</summary>
internal struct WorkBuilder<T>
{
#pragma warning disable CA1822 // The compiler calls these on an instance.
    public Work<T> Task { get; private init; }

    public static WorkBuilder<T> Create() => new() { Task = new Work<T>() };

    public readonly void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine => machine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine machine)
    {
    }

    public readonly void SetResult(T result) => Task.Complete(result);

    public readonly void SetException(Exception exception) => Task.Fail(exception);

    public readonly void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion
        where TMachine : IAsyncStateMachine
    {
        IAsyncStateMachine boxed = machine;
        awaiter.OnCompleted(boxed.MoveNext);
    }

    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion
        where TMachine : IAsyncStateMachine => AwaitOnCompleted(ref awaiter, ref machine);
#pragma warning restore CA1822
}
